"""A training that is killed or told to stop, and run again, gives the same bytes as one left alone."""

import re
import signal
import time
from pathlib import Path

import psutil
import pytest

from syncohort.core.config import merge

MODEL = "tiny/expression/pathway/full/wgan-gp"
OUTPUTS = [f"results/{MODEL}/{name}" for name in ("model.safetensors", "model.json", "history.tsv")]
CHECKPOINT = f"work/{MODEL}/checkpoint.pt"
LOG = "logs/tiny/expression_train_generator/pathway.wgan-gp.full.log"
STEPS = 150
# Saving at every step also makes the training slow enough to be met in the middle.
SAVE_OFTEN = ("--set-resources", "expression_train_generator:checkpoint_seconds=0")


@pytest.fixture
def longer(finished, tiny):
    """The finished run with one longer training to make."""
    steps = {"expression": {"models": {"wgan-gp": {"max_steps": STEPS, "patience": 0}}}}
    finished.configure(tiny=merge(tiny, steps))
    (finished / LOG).unlink()
    return finished


def wait_for(condition, workflow):
    """Wait until a condition holds, as long as the workflow runs."""
    while not (found := condition()):
        assert workflow.poll() is None, workflow.communicate()[0]
        time.sleep(0.01)
    return found


def training(workflow):
    """Give the process of the training itself, or the torchrun of several, not the shell it is started from."""
    for process in psutil.Process(workflow.pid).children(recursive=True):
        program, *_, script = process.cmdline() or [""] * 2
        if Path(program).name.startswith("python") and script.endswith(".train_generator.py"):
            return process
    return None


@pytest.mark.parametrize(
    ("signal_", "gpus"),
    [(signal.SIGKILL, 1), (signal.SIGTERM, 1), (signal.SIGTERM, 2)],
    ids=["SIGKILL", "SIGTERM", "SIGTERM to two processes"],
)
def test_an_interrupted_training_goes_on_to_the_same_bytes(longer, signal_, gpus):
    gpu = f"expression_train_generator:gpu={gpus}"
    workflow = longer.start(*OUTPUTS, *SAVE_OFTEN, gpu)
    wait_for((longer / CHECKPOINT).exists, workflow)
    training(workflow).send_signal(signal_)
    printed = workflow.communicate()[0]
    assert workflow.returncode != 0
    assert "fault in Syncohort" not in printed
    assert not any((longer / path).exists() for path in OUTPUTS)
    told = re.search(r"Told to stop: checkpoint saved at step (\d+); run again to go on from it\.", printed)
    assert bool(told) == (signal_ == signal.SIGTERM)

    longer.run(*OUTPUTS, "--set-resources", gpu)
    resumed = re.search(r"Going on from the checkpoint at step (\d+)\.", (longer / LOG).read_text())
    assert 0 < int(resumed[1]) < STEPS
    assert not told or resumed[1] == told[1]
    assert not (longer / CHECKPOINT).exists()
    after_interruption = [(longer / path).read_bytes() for path in OUTPUTS]

    (longer / LOG).unlink()
    longer.run(*OUTPUTS, "--force", "--set-resources", gpu)
    assert "Going on" not in (longer / LOG).read_text()
    assert [(longer / path).read_bytes() for path in OUTPUTS] == after_interruption


def test_a_second_run_in_the_same_folder_is_refused_and_the_first_unharmed(longer):
    first = longer.start(*OUTPUTS, *SAVE_OFTEN)
    wait_for((longer / CHECKPOINT).exists, first)
    paused = training(first)
    paused.suspend()
    try:
        printed = longer.fail(*OUTPUTS)
    finally:
        paused.resume()
    assert "Error: Directory cannot be locked." in printed
    assert "Traceback" not in printed
    printed = first.communicate()[0]
    assert first.returncode == 0, printed
    assert longer.planned(*OUTPUTS) == {}
