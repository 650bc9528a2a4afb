"""The training loop: steps, history, smoothed early stopping, checkpoint, resume and a clean end when told to stop."""

import logging
import math
import time
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import pandas as pd
import torch

from syncohort.core.errors import InputError
from syncohort.training.checkpoint import Checkpoint
from syncohort.training.device import log_peak_memory
from syncohort.training.distributed import ALONE, ProcessGroup
from syncohort.training.interruption import Interrupted, orders_to_stop
from syncohort.training.progress import Progress
from syncohort.training.task import Task

logger = logging.getLogger("syncohort")


@dataclass(frozen=True)
class Schedule:
    """How long to train and when to look.

    Parameters
    ----------
    max_steps
        Most steps to make.
    validate_every
        Steps between two looks at the monitor.
    patience
        Looks without a better smoothed monitor before training stops; 0 trains to the end.
    smoothing
        Weight of the past in the exponential average of the monitor, in [0, 1): a single lucky look is no reason
        to stop (the rule of nnU-Net).
    checkpoint_seconds
        Least time between two checkpoints.
    keep
        The weights to keep: those of the `best` look, or of the `last`, where the monitor may not choose.
    """

    max_steps: int
    validate_every: int
    patience: int
    smoothing: float = 0.6
    checkpoint_seconds: float = 60.0
    keep: str = "best"

    @classmethod
    def of(cls, settings: Mapping[str, Any], checkpoint_seconds: float) -> "Schedule":
        """Take the schedule from the settings of a model, which has keys of the same names."""
        names = ("max_steps", "validate_every", "patience", "smoothing")
        return cls(**{name: settings[name] for name in names}, checkpoint_seconds=checkpoint_seconds)


@dataclass(frozen=True)
class Trained:
    """Outcome of a training.

    Parameters
    ----------
    weights
        Weights at the best smoothed monitor, or the last ones where the schedule keeps those.
    best_step
        Step they come from.
    stopped_early
        Whether patience ran out before the last step.
    history
        One row per look: `step`, the mean of every loss since the look before, `monitor`, `monitor_smoothed`.
    checkpoint
        To remove once what was trained is saved.
    """

    weights: dict[str, torch.Tensor]
    best_step: int
    stopped_early: bool
    history: pd.DataFrame
    checkpoint: Checkpoint

    def course(self) -> dict[str, Any]:
        """Say in a description where the weights come from."""
        return {"best_step": self.best_step, "stopped_early": self.stopped_early}


class Trainer:
    """Run a `Task` on a `Schedule`, going on from its checkpoint when there is one.

    A training that was killed at any moment and started again gives the same weights as one left alone: the
    checkpoint holds all of the task's parts, random streams included, and the Trainer's own memory. The processes of a
    group run it side by side, in step; the first one alone measures the monitor and writes.
    """

    def __init__(
        self,
        task: Task,
        schedule: Schedule,
        checkpoint: Checkpoint,
        device: torch.device,
        group: ProcessGroup = ALONE,
    ) -> None:
        self.task, self.schedule, self.checkpoint, self.device = task, schedule, checkpoint, device
        self.group = group
        self.step = 0
        self.losses: list[dict[str, torch.Tensor]] = []
        self.history: list[dict[str, float]] = []
        self.best = math.inf
        self.best_step = 0
        self.best_weights: dict[str, torch.Tensor] = {}

    def fit(self) -> Trained:
        """Train to the end.

        Raises
        ------
        InputError
            When a loss is no longer finite, the card's memory is too small, or another process trains here and does not
            hand over.
        Interrupted
            After SIGTERM, Ctrl-C or the request of another process to hand over, with the checkpoint saved.
        """
        with self.checkpoint.owned() if self.group.leads else nullcontext(), orders_to_stop() as told_to_stop:
            self.group.any(False)  # the others wait until the first one owns the folder
            if self.group.size > 1:
                logger.info("%d processes train together.", self.group.size)
            self._resume()
            progress = Progress(self.step, self.schedule.max_steps)
            saved = time.monotonic()
            while not self._finished():
                self._step()
                if self.step % self.schedule.validate_every == 0 or self.step == self.schedule.max_steps:
                    progress.update(self.step, self._look())
                stop = self.group.any(bool(told_to_stop) or (self.group.leads and self.checkpoint.ownership.asked()))
                if self.group.leads and (stop or time.monotonic() - saved > self.schedule.checkpoint_seconds):
                    self._save()
                    saved = time.monotonic()
                if stop:
                    self.group.any(False)  # nobody leaves, and so alarms torchrun, before the checkpoint is safe
                    logger.info("Told to stop: checkpoint saved at step %d; run again to go on from it.", self.step)
                    raise Interrupted
        log_peak_memory(self.device)
        return Trained(self.best_weights, self.best_step, self._stale(), pd.DataFrame(self.history), self.checkpoint)

    def _step(self) -> None:
        try:
            self.losses.append(self.task.step())
        except torch.cuda.OutOfMemoryError as error:
            raise InputError(
                f"The GPU's memory is too small at step {self.step}. Lower batch_size or the layer widths of the "
                f"model, share the batch among more GPUs, or ask for a larger card. PyTorch says: {error}"
            ) from error
        self.step += 1

    def _look(self) -> str:
        """Add a row to the history and remember the weights if they are the best so far."""
        row = {name: float(torch.stack([loss[name] for loss in self.losses]).mean()) for name in self.losses[0]}
        self.losses = []
        for name, value in row.items():
            if not math.isfinite(value):
                raise InputError(
                    f"Training diverged: {name} is {value} at step {self.step}, and must be a finite number. "
                    "Lower the model's learning rates, then run again."
                )
        monitor = self.group.from_leader(self.task.monitor)
        if not math.isfinite(monitor):
            raise InputError(
                f"Training diverged: the validation monitor is {monitor} at step {self.step}, and must be a finite "
                "number. Lower the model's learning rates, then run again."
            )
        past = self.history[-1]["monitor_smoothed"] if self.history else monitor
        smoothed = self.schedule.smoothing * past + (1 - self.schedule.smoothing) * monitor
        self.history.append({"step": self.step, **row, "monitor": monitor, "monitor_smoothed": smoothed})
        if smoothed < self.best or self.schedule.keep == "last":
            self.best, self.best_step = smoothed, self.step
            self.best_weights = {name: value.detach().clone() for name, value in self.task.weights().items()}
        return f"monitor {monitor:.4f} (best {self.best:.4f} at step {self.best_step})"

    def _stale(self) -> bool:
        looks_since_best = (self.step - self.best_step) // self.schedule.validate_every
        return 0 < self.schedule.patience <= looks_since_best

    def _finished(self) -> bool:
        return self.step >= self.schedule.max_steps or self._stale()

    def _save(self) -> None:
        self.checkpoint.save(
            {
                "step": self.step,
                "losses": [{name: float(value) for name, value in losses.items()} for losses in self.losses],
                "history": self.history,
                "best": self.best,
                "best_step": self.best_step,
                "best_weights": self.best_weights,
                "parts": {name: part.state_dict() for name, part in self.task.parts().items()},
            }
        )

    def _resume(self) -> None:
        state = self.checkpoint.load(self.device)
        if state is None:
            return
        for name, part in self.task.parts().items():
            part.load_state_dict(state["parts"][name])
        self.step, self.history = state["step"], state["history"]
        self.losses = [
            {name: torch.tensor(value, device=self.device) for name, value in losses.items()}
            for losses in state["losses"]
        ]
        self.best, self.best_step, self.best_weights = state["best"], state["best_step"], state["best_weights"]
        logger.info("Going on from the checkpoint at step %d.", self.step)
