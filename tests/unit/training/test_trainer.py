"""The Trainer: resume equals uninterrupted, early stopping, divergence, SIGTERM, ownership of the folder."""

import dataclasses
import os
import signal
from pathlib import Path

import pytest
import torch
from torch import nn

from syncohort.core.errors import InputError
from syncohort.training.checkpoint import Checkpoint
from syncohort.training.interruption import Interrupted
from syncohort.training.task import RandomStream
from syncohort.training.trainer import Schedule, Trainer

CPU = torch.device("cpu")
SCHEDULE = Schedule(max_steps=40, validate_every=5, patience=0, checkpoint_seconds=0.0)


class Regression:
    """A small noisy regression; `at_step` maps a step to something that happens before it."""

    def __init__(self, at_step=None, monitors=None):
        torch.manual_seed(3)
        self.model = nn.Linear(4, 1)
        self.optimiser = torch.optim.Adam(self.model.parameters(), lr=0.05)
        self.stream = RandomStream(7, CPU)
        self.at_step, self.monitors = at_step or {}, monitors
        self.steps = 0

    def parts(self):
        return {"model": self.model, "optimiser": self.optimiser, "stream": self.stream}

    def step(self):
        self.steps += 1
        if self.steps in self.at_step:
            self.at_step[self.steps]()
        inputs = self.stream.normal(8, 4)
        loss = (self.model(inputs) - inputs.sum(1, keepdim=True) + 0.1 * self.stream.normal(8, 1)).square().mean()
        self.optimiser.zero_grad()
        loss.backward()
        self.optimiser.step()
        return {"loss": loss.detach()}

    def monitor(self):
        if self.monitors is not None:
            return self.monitors[self.steps // SCHEDULE.validate_every - 1]
        return float((self.model.weight.detach() - 1).square().sum())

    def weights(self):
        return dict(self.model.state_dict())


class Killed(BaseException):
    pass


def kill():
    raise Killed


def fit(folder: Path, task: Regression, schedule: Schedule = SCHEDULE, fingerprint: str = "same"):
    checkpoint = Checkpoint(folder, fingerprint)
    checkpoint.ownership.look_seconds = 0
    trained = Trainer(task, schedule, checkpoint, CPU).fit()
    checkpoint.remove()
    return trained


@pytest.mark.parametrize("killed_at", [1, 7, 10, 11, 39])
def test_killed_and_resumed_training_equals_an_uninterrupted_one(tmp_path, killed_at):
    whole = fit(tmp_path / "whole", Regression())
    with pytest.raises(Killed):
        fit(tmp_path / "cut", Regression({killed_at: kill}))
    resumed_task = Regression()
    resumed = fit(tmp_path / "cut", resumed_task)
    assert resumed_task.steps == SCHEDULE.max_steps - (killed_at - 1)
    assert resumed.best_step == whole.best_step
    assert resumed.history.equals(whole.history)
    for name, value in whole.weights.items():
        assert torch.equal(resumed.weights[name], value)


@pytest.mark.parametrize("order", [signal.SIGTERM, signal.SIGINT])
def test_order_to_stop_saves_a_checkpoint_and_exits_with_a_temporary_failure(tmp_path, order):
    rare = Schedule(max_steps=40, validate_every=5, patience=0, checkpoint_seconds=1e9)
    with pytest.raises(Interrupted) as stopped:
        fit(tmp_path / "cut", Regression({13: lambda: os.kill(os.getpid(), order)}), rare)
    assert stopped.value.code == 75
    task = Regression()
    assert fit(tmp_path / "cut", task).history.equals(fit(tmp_path / "whole", Regression()).history)
    assert task.steps == 40 - 13


def test_patience_counts_looks_without_a_better_smoothed_monitor(tmp_path):
    schedule = Schedule(max_steps=40, validate_every=5, patience=2, smoothing=0.0)
    trained = fit(tmp_path, Regression(monitors=[5.0, 3.0, 4.0, 3.5, 1.0, 0.0, 0.0, 0.0]), schedule)
    assert trained.stopped_early
    assert trained.best_step == 10
    assert trained.history["step"].tolist() == [5, 10, 15, 20]


def test_smoothing_keeps_one_lucky_look_from_ending_the_training(tmp_path):
    monitors = [10.0, 0.0, 4.0, 3.0, 2.0, 1.0, 1.0, 1.0]
    trained = fit(tmp_path, Regression(monitors=monitors), Schedule(40, 5, 0, smoothing=0.5))
    # By hand: 10, 5, 4.5, 3.75, 2.875, 1.9375, 1.46875, 1.234375.
    assert trained.history["monitor_smoothed"].tolist() == [10, 5, 4.5, 3.75, 2.875, 1.9375, 1.46875, 1.234375]
    assert trained.best_step == 40


def test_the_last_weights_are_kept_where_the_monitor_may_not_choose(tmp_path):
    schedule = dataclasses.replace(SCHEDULE, keep="last")
    task = Regression(monitors=[1, 2, 3, 4, 5, 6, 7, 8])
    trained = fit(tmp_path, task, schedule)
    assert trained.best_step == SCHEDULE.max_steps
    assert not trained.stopped_early
    assert torch.equal(trained.weights["weight"], task.model.weight)


def test_another_fingerprint_starts_afresh_and_says_so(tmp_path, caplog):
    with pytest.raises(Killed):
        fit(tmp_path, Regression({20: kill}))
    task = Regression()
    fit(tmp_path, task, fingerprint="other")
    assert task.steps == 40
    assert "belongs to other settings, data or code: starting afresh" in caplog.text


def test_broken_checkpoint_starts_afresh_and_says_so(tmp_path, caplog):
    (tmp_path / "checkpoint.pt").write_bytes(b"half a file")
    task = Regression()
    fit(tmp_path, task)
    assert task.steps == 40
    assert "cannot be read" in caplog.text


def test_divergence_is_told_with_the_setting_to_change(tmp_path):
    def ruin(task):
        with torch.no_grad():
            task.model.weight.fill_(float("nan"))

    task = Regression()
    task.at_step = {8: lambda: ruin(task)}
    message = (
        "Training diverged: loss is nan at step 10, and must be a finite number. "
        "Lower the model's learning rates, then run again."
    )
    with pytest.raises(InputError) as error:
        fit(tmp_path, task)
    assert str(error.value) == message


def test_a_training_asked_to_hand_over_saves_a_checkpoint_and_ends(tmp_path):
    rare = Schedule(max_steps=40, validate_every=5, patience=0, checkpoint_seconds=1e9)
    request = tmp_path / "cut/hand-over"
    with pytest.raises(Interrupted):
        fit(tmp_path / "cut", Regression({13: request.touch}), rare)
    task = Regression()
    assert fit(tmp_path / "cut", task).history.equals(fit(tmp_path / "whole", Regression()).history)
    assert task.steps == 40 - 13


def test_a_card_too_small_is_told_with_the_setting_to_change(tmp_path):
    def overflow():
        raise torch.cuda.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB.")

    with pytest.raises(InputError) as error:
        fit(tmp_path, Regression({8: overflow}))
    assert str(error.value) == (
        "The GPU's memory is too small at step 7. Lower batch_size or the layer widths of the model, share the batch "
        "among more GPUs, or ask for a larger card. PyTorch says: CUDA out of memory. Tried to allocate 20.00 MiB."
    )


def test_half_written_checkpoint_of_a_killed_process_is_cleared(tmp_path):
    (tmp_path / ".node1-17.checkpoint.pt").write_bytes(b"half")
    fit(tmp_path, Regression())
    assert not list(tmp_path.glob(".*checkpoint.pt"))
