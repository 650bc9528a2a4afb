"""A dataset is fetched once, by one process, and a run that was interrupted goes on."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from syncohort.core.errors import InputError
from syncohort.core.io import sha256
from syncohort.sources.download.cache import fetch_dataset, read_record
from syncohort.sources.download.ledger import LedgerEntry
from syncohort.sources.download.remote_file import RemoteFile
from tests.services import faults
from tests.services.exchange import Answer

ROOT = Path(__file__).resolve().parents[4]
CONTENT = {f"{name}.bin": bytes([number]) * 1000 for number, name in enumerate("abcdef")}
TEXTS = dict.fromkeys(("title", "version", "licence", "access", "citation", "verification", "size"), "…")
# What a job does, as a process of its own.
JOB = """
import logging, sys
from pathlib import Path
from syncohort.sources.download.cache import fetch_dataset, locks_of
from syncohort.sources.download.client import Client
from syncohort.sources.download.patience import Patience
from syncohort.sources.download.ledger import LedgerEntry, Source
from syncohort.sources.download.remote_file import RemoteFile

url, folder = sys.argv[1], Path(sys.argv[2])
logging.basicConfig(level=logging.INFO, format="%(message)s")
source = Source("files", "Files", url, "https://files.org")
entry = LedgerEntry(source, "test", *["…"] * 7, notice="", files=())
client = Client(source, locks_of(folder))
fetch_dataset(folder, entry, client, lambda: [RemoteFile(client.url("big.bin"), "big.bin")])
"""


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "cache/files/test"


@pytest.fixture
def fetch(server, client, folder):
    """Fetch six files, and count how often they are listed."""
    server.files |= {name: Answer(content) for name, content in CONTENT.items()}

    def fetch_it(client=client, notice="", version="1", names=tuple(CONTENT), tell_version=None, **known):
        def list_files():
            fetch_it.listed += 1
            return [RemoteFile(client.url(name), f"files/{name}", **known) for name in names]

        entry = LedgerEntry(client.source, "test", **{**TEXTS, "version": version}, notice=notice, files=())
        return fetch_dataset(folder, entry, client, list_files, tell_version)

    fetch_it.listed = 0
    return fetch_it


@pytest.fixture
def start(server, folder):
    """Start jobs, which end with the test."""
    with ExitStack() as stack:

        def start_it(code=JOB):
            command = [sys.executable, "-c", code, server.mirror("files"), str(folder)]
            environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
            pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
            job = stack.enter_context(subprocess.Popen(command, env=environment, **pipes))
            stack.callback(job.kill)
            return job

        yield start_it


def asked(server):
    return sorted(request.path[1:] for request in server.requests)


def test_dataset_and_its_record(fetch, server, folder):
    dataset = fetch(notice="Be kind.")
    assert dataset == read_record(folder / "dataset.json")
    assert (dataset.name, dataset.folder) == ("files/test", folder)
    assert [file["name"] for file in dataset.record["files"]] == [f"files/{name}" for name in CONTENT]
    for file in dataset.record["files"]:
        assert (folder / file["name"]).read_bytes() == CONTENT[file["name"][6:]]
        assert file["sha256"] == sha256(folder / file["name"])
    assert dataset.record["notice"] == "Be kind."
    assert asked(server) == sorted(CONTENT)


def test_version_that_the_files_tell(fetch, folder):
    fetch(tell_version=lambda dataset: f"of {len(dataset.record['files'])} files")
    assert read_record(folder / "dataset.json").record["version"] == "of 6 files"


def test_version_with_the_date_of_the_last_change(fetch, server):
    server.files["b.bin"] = Answer(b"dated", modified="Sat, 21 Nov 2026 10:00:00 GMT")
    assert fetch(version="changed {modified}").record["version"] == "changed Sat, 21 Nov 2026 10:00:00 GMT"


def test_version_without_a_date(fetch):
    version = "changed at a time the server does not tell"
    assert fetch(version="changed {modified}").record["version"] == version


def test_notice_is_logged(fetch, caplog):
    caplog.set_level("INFO")
    fetch(notice="Be kind.")
    assert "files/test: Be kind." in caplog.messages


def test_nothing_is_asked_for_twice(fetch, server):
    first = fetch()
    server.requests.clear()
    assert fetch() == first
    assert server.requests == []
    assert fetch.listed == 1


def test_record_that_was_deleted_is_written_again_without_downloads(fetch, server, folder):
    fetch()
    content = (folder / "dataset.json").read_bytes()
    (folder / "dataset.json").unlink()
    server.requests.clear()
    fetch()
    assert server.requests == []
    assert fetch.listed == 2
    assert (folder / "dataset.json").read_bytes() == content


@pytest.mark.parametrize("change", ["delete", "cut"])
def test_file_that_was_changed_is_fetched_again_and_no_other(fetch, server, folder, change):
    fetch()
    file = folder / "files/c.bin"
    file.unlink() if change == "delete" else file.write_bytes(b"short")
    with pytest.raises(InputError, match=f"{file} is missing or was changed since it was downloaded"):
        read_record(folder / "dataset.json")
    server.requests.clear()
    fetch()
    assert asked(server) == ["c.bin"]
    assert file.read_bytes() == CONTENT["c.bin"]


def test_file_that_the_service_lists_with_another_checksum_is_fetched_again(fetch, server, folder):
    server.files["a.bin"] = Answer(b"old", md5=True)
    fetch(names=["a.bin"])
    (folder / "dataset.json").unlink()
    server.files["a.bin"] = Answer(b"new", md5=True)
    fetch(names=["a.bin"], checksum="md5:22af645d1859cb5ca6da0c484f1f37ea")
    assert (folder / "files/a.bin").read_bytes() == b"new"


def test_failure_keeps_what_arrived_and_writes_no_record(fetch, server, folder, make_client):
    server.fail("/files/e.bin", faults.status(404))
    with pytest.raises(InputError, match="404 Not Found"):
        fetch(make_client(connections=1))
    assert not (folder / "dataset.json").exists()
    assert sorted(path.name for path in (folder / "files").glob("*.bin")) == ["a.bin", "b.bin", "c.bin", "d.bin"]
    server.requests.clear()
    fetch(make_client(connections=1))
    assert asked(server) == ["e.bin", "f.bin"]


def test_journal_that_was_cut_off(fetch, server, folder, make_client):
    fetch(make_client(connections=1))
    (folder / "dataset.json").unlink()
    journal = folder / "files.jsonl"
    journal.write_text(journal.read_text()[:-20])
    server.requests.clear()
    fetch()
    assert asked(server) == ["f.bin"]
    assert json.loads(journal.read_text().splitlines()[-1])["name"] == "files/f.bin"


def test_several_files_at_one_time(fetch, server, make_client):
    for name in CONTENT:
        server.files[name] = Answer(b"slow", drips=0.1)
    fetch(make_client(connections=3))
    assert 1 < server.busiest <= 3


def test_two_processes_fetch_once(server, start):
    server.files["big.bin"] = Answer(bytes(1000), drips=0.002, etag='"1"')
    jobs = [start() for _ in range(2)]
    printed = [job.communicate(timeout=60)[0] for job in jobs]
    assert [job.returncode for job in jobs] == [0, 0], printed
    assert asked(server) == ["big.bin"]
    assert sum("another process is downloading it; waiting for that" in text for text in printed) == 1


def test_ctrl_c_and_resume(server, folder, start):
    content = os.urandom(1000)
    server.files["big.bin"] = Answer(content, etag='"1"')
    server.fail("/files/big.bin", faults.drip(0.05))
    job = start()
    part = folder / "big.bin.partial"
    wait_for(lambda: part.exists() and part.stat().st_size > 0)
    job.send_signal(signal.SIGINT)
    printed = job.communicate(timeout=30)[0]
    assert job.returncode != 0
    assert "stopped; what has arrived is kept, and the next run goes on from there" in printed
    kept = part.stat().st_size
    again = start()
    assert again.wait(timeout=30) == 0
    assert server.requests[-1].headers["Range"] == f"bytes={kept}-"
    assert (folder / "big.bin").read_bytes() == content


def test_killed_and_resumed(server, folder, start):
    content = os.urandom(1000)
    server.files["big.bin"] = Answer(content, etag='"1"')
    server.fail("/files/big.bin", faults.drip(0.01))
    job = start()
    part = folder / "big.bin.partial"
    wait_for(lambda: part.exists() and part.stat().st_size > 10)
    job.kill()
    job.wait()
    again = start()
    assert again.wait(timeout=30) == 0
    assert server.requests[-1].headers["Range"] is not None
    assert (folder / "big.bin").read_bytes() == content


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a disk that may only be read")
def test_cache_that_may_only_be_read(fetch, folder, server, tmp_path):
    cache = tmp_path / "cache"
    cache.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "tmpfs", cache], capture_output=True).returncode:
        pytest.skip("a disk cannot be mounted here")
    try:
        fetch()
        subprocess.run(["mount", "-o", "remount,ro", cache], check=True)
        server.requests.clear()
        assert len(fetch().record["files"]) == 6
        assert server.requests == []
        subprocess.run(["mount", "-o", "remount,rw", cache], check=True)
        (folder / "files/a.bin").unlink()
        subprocess.run(["mount", "-o", "remount,ro", cache], check=True)
        with pytest.raises(InputError) as error:
            fetch()
        assert str(error.value) == (
            f"{folder} lacks files of files/test and may not be written. Set cache in config/config.yaml to a folder "
            "of your own, or ask the owner of this one to run `snakemake download`."
        )
    finally:
        subprocess.run(["umount", cache], check=True)


def test_memory_does_not_grow_with_the_file(server, start, folder, tmp_path):
    peaks = []
    for size in (1000, 300_000_000):
        with open(tmp_path / "big.bin", "wb") as opened:
            opened.truncate(size)
        server.files["big.bin"] = Answer(tmp_path / "big.bin")
        shutil.rmtree(folder, ignore_errors=True)
        measured = f"{JOB}\nimport resource; print('PEAK', resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
        peaks.append(int(start(measured).communicate(timeout=120)[0].split("PEAK")[1]))
    small, large = peaks
    assert large - small < 20_000, f"{small} and {large} kB"


def wait_for(condition, seconds=20):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)
