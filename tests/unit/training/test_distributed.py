"""Processes that train together give the model that one process gives, and stop and go on together."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

import syncohort
from syncohort.training.distributed import ALONE, ProcessGroup, requested_gpus
from syncohort.training.task import RandomStream

PROCESSES = 2
# Regression of an uneven minibatch of 7 rows; every process writes the weights that it ends with.
TRAINING = """
import json, logging, sys, time
from pathlib import Path

import torch
from torch import nn

from syncohort.training.checkpoint import Checkpoint
from syncohort.training.device import choose_device
from syncohort.training.distributed import process_group, relaunch
from syncohort.training.task import RandomStream
from syncohort.training.trainer import Schedule, Trainer

processes, folder, pause = int(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3])
relaunch(processes)


class Regression:
    def __init__(self, group, device):
        self.group, self.device = group, device
        torch.manual_seed(3)
        self.model = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1)).to(device)
        self.optimiser = torch.optim.Adam(self.model.parameters(), lr=0.01)
        self.stream = RandomStream(7, device)

    def parts(self):
        return {"model": self.model, "optimiser": self.optimiser, "stream": self.stream}

    def step(self):
        time.sleep(pause)
        share = self.group.share(7)
        inputs = share.of(self.stream).normal(0, 4)
        loss = share.mean((self.model(inputs) - inputs.sum(1, keepdim=True)).square())
        self.optimiser.zero_grad()
        loss.backward()
        [whole] = self.group.add_up(self.model.parameters(), loss)
        self.optimiser.step()
        return {"loss": whole}

    def monitor(self):
        assert self.group.leads, "the others take the number of the first"
        return float(self.model[0].weight.detach().square().sum())

    def weights(self):
        return dict(self.model.state_dict())


with process_group() as group:
    logging.basicConfig(level=logging.INFO if group.leads else logging.ERROR, format="%(message)s")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"pid{group.rank}").write_text(str(__import__("os").getpid()))
    checkpoint = Checkpoint(folder, "same")
    device = choose_device(1, group)
    trained = Trainer(Regression(group, device), Schedule(200, 20, 0, 0.6, 0.0), checkpoint, device, group).fit()
    weights = {name: value.cpu() for name, value in trained.weights.items()}
    torch.save({**weights, "losses": torch.tensor(trained.history["loss"])}, folder / f"weights{group.rank}.pt")
    if group.leads:
        checkpoint.remove()
"""


@pytest.fixture
def train(tmp_path):
    """Start the training of some processes in a folder."""
    script = tmp_path / "training.py"
    script.write_text(TRAINING)
    environment = {**os.environ, "PYTHONPATH": str(Path(syncohort.__file__).parents[1])}
    # On a machine with fewer cards than processes they train on the CPU.
    if torch.cuda.device_count() < PROCESSES:
        environment["CUDA_VISIBLE_DEVICES"] = ""
    started = []

    def start(processes, folder, pause=0.0):
        command = [sys.executable, str(script), str(processes), str(tmp_path / folder), str(pause)]
        process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def finish(process):
    printed = process.communicate(timeout=300)[1]
    assert process.returncode == 0, printed
    return printed


def test_several_processes_give_the_model_of_one(train, tmp_path):
    finish(train(1, "one"))
    assert "2 processes train together." in finish(train(PROCESSES, "two"))
    one = torch.load(tmp_path / "one/weights0.pt")
    first, second = [torch.load(tmp_path / f"two/weights{rank}.pt") for rank in range(PROCESSES)]
    assert all(torch.equal(first[name], second[name]) for name in first)
    for name, value in one.items():
        torch.testing.assert_close(first[name], value, rtol=1e-4, atol=1e-5)
    assert one["losses"][-1] < one["losses"][0] / 10


def test_an_order_to_one_process_stops_all_and_they_go_on_together(train, tmp_path):
    process = train(PROCESSES, "cut", pause=0.05)
    wait_for((tmp_path / "cut/checkpoint.pt").exists, process)
    os.kill(int((tmp_path / "cut/pid1").read_text()), signal.SIGTERM)
    printed = process.communicate(timeout=300)[1]
    assert process.returncode != 0
    assert "Told to stop: checkpoint saved at step" in printed

    assert "Going on from the checkpoint at step" in finish(train(PROCESSES, "cut"))
    finish(train(PROCESSES, "whole"))
    resumed, whole = [torch.load(tmp_path / folder / "weights0.pt") for folder in ("cut", "whole")]
    assert all(torch.equal(resumed[name], whole[name]) for name in whole)


def wait_for(condition, process):
    end = time.monotonic() + 240
    while not condition():
        assert process.poll() is None, process.communicate()[1]
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.mark.parametrize("size", [1, 2, 3, 8])
def test_shares_are_the_minibatch(size):
    shares = [ProcessGroup(rank, size).share(7) for rank in range(size)]
    rows = torch.arange(7.0)
    assert torch.equal(torch.cat([rows[share.rows] for share in shares]), rows)
    assert sum(share.mean(rows[share.rows]) for share in shares) == pytest.approx(3.0)
    numbers = [share.of(RandomStream(5, torch.device("cpu"))).normal(0, 2) for share in shares]
    assert torch.equal(torch.cat(numbers), RandomStream(5, torch.device("cpu")).normal(7, 2))


def test_one_process_alone_needs_no_others():
    model = torch.nn.Linear(2, 1)
    model(torch.ones(3, 2)).sum().backward()
    before = model.weight.grad.clone()
    [loss] = ALONE.add_up(model.parameters(), torch.tensor(2.0))
    assert (float(loss), ALONE.any(True), ALONE.any(False), ALONE.from_leader(lambda: 1.5)) == (2.0, True, False, 1.5)
    assert torch.equal(model.weight.grad, before)


@pytest.mark.parametrize(
    ("resources", "gpus"),
    [
        ({}, 0),
        ({"gpu": 1}, 1),
        ({"gpu": 2}, 2),
        ({"gpu": 0, "gres": "gpu:1"}, 1),
        ({"gpu": 0, "gres": "gpu:h200:4"}, 4),
    ],
)
def test_gpus_asked_for(resources, gpus):
    assert requested_gpus(resources) == gpus
