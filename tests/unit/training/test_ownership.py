"""Who may train in a folder: the owner hands over when asked, and nothing is lost; a dead owner holds nobody up."""

import errno
import fcntl
import json
import logging
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import syncohort
from syncohort.core.errors import InputError
from syncohort.training.ownership import Ownership, this_process

# A training in a process of its own: one slow number after another, saved when asked to hand over.
TRAINING = """
import json, sys, time
from pathlib import Path
from syncohort.core.io import write_json
from syncohort.training.ownership import Ownership

folder = Path(sys.argv[1])
ownership = Ownership(folder, look_seconds=0)
ownership.acquire()
state = folder / "state.json"
numbers = json.loads(state.read_text()) if state.exists() else []
print("owns", flush=True)
while True:
    time.sleep(0.001)
    numbers.append(len(numbers))
    if ownership.asked():
        write_json(numbers, state)
        sys.exit(75)
"""


@pytest.fixture
def owner(tmp_path):
    """A process that owns the folder and makes steps until it is asked to hand over."""
    environment = {**os.environ, "PYTHONPATH": str(Path(syncohort.__file__).parents[1]), "SLURM_JOB_ID": "4711"}
    process = subprocess.Popen(
        [sys.executable, "-c", TRAINING, str(tmp_path)],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "owns\n"
    yield process
    process.kill()
    process.communicate()


def test_an_owner_that_is_asked_saves_and_ends(tmp_path, owner, caplog):
    caplog.set_level(logging.INFO)
    successor = Ownership(tmp_path, patience_seconds=60, settle_seconds=0)
    successor.acquire()
    assert owner.wait(timeout=60) == 75
    numbers = json.loads((tmp_path / "state.json").read_text())
    assert numbers == list(range(len(numbers)))
    assert numbers
    assert f"Slurm job 4711, process {owner.pid} on " in caplog.text
    assert "It ended: taking over." in caplog.text
    assert not successor.asked(), "the request was answered"
    assert (tmp_path / "lock").read_text() == this_process()
    successor.release()


def test_an_owner_that_never_answers_is_named(tmp_path, owner):
    owner.send_signal(signal.SIGSTOP)
    successor = Ownership(tmp_path, patience_seconds=0.3)
    with pytest.raises(InputError) as refused:
        successor.acquire()
    assert str(refused.value).startswith(
        f"Another process is training in {tmp_path} and did not hand over in 0 s: "
        f"Slurm job 4711, process {owner.pid} on "
    )
    assert str(refused.value).endswith(". Wait for it or cancel it, then start again.")
    assert not (tmp_path / "hand-over").exists(), "the owner is not asked any more"
    assert owner.poll() is None


def test_a_dead_owner_holds_nobody_up(tmp_path, owner):
    owner.kill()
    owner.wait()
    successor = Ownership(tmp_path, patience_seconds=0)
    successor.acquire()
    successor.release()


def test_a_request_left_behind_is_forgotten_by_the_next_owner(tmp_path):
    (tmp_path / "hand-over").write_text("process 1 on a node that died while it waited")
    ownership = Ownership(tmp_path)
    ownership.acquire()
    assert not ownership.asked()
    ownership.release()


def test_the_owner_looks_for_requests_now_and_then(tmp_path):
    ownership = Ownership(tmp_path, look_seconds=1e9)
    assert not ownership.asked()
    (tmp_path / "hand-over").write_text("someone")
    assert not ownership.asked()
    ownership.looked = -float("inf")
    assert ownership.asked()


def test_a_file_system_without_locks_is_a_warning(tmp_path, monkeypatch, caplog):
    def refuse(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    ownership = Ownership(tmp_path)
    ownership.acquire()
    ownership.release()
    assert "has no locks (No locks available)" in caplog.text
