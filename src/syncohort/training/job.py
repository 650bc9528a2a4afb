"""A training as a job of the workflow: with what seed, on how much of the machine, and where its checkpoint lives."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import torch

from syncohort.training.checkpoint import CODE, Checkpoint, fingerprint
from syncohort.training.device import choose_device
from syncohort.training.distributed import ALONE, ProcessGroup
from syncohort.training.task import Task
from syncohort.training.trainer import Schedule, Trained, Trainer


@dataclass(frozen=True)
class Job:
    """Where and how a training runs.

    Parameters
    ----------
    seed
        Seed of the training.
    folder
        Where the checkpoint lives.
    threads
        CPU threads, of all processes together.
    checkpoint_seconds
        Least time between two checkpoints.
    group
        Processes that train together; each gives the same result.
    """

    seed: int
    folder: Path
    threads: int = 1
    checkpoint_seconds: float = 60.0
    group: ProcessGroup = ALONE

    @classmethod
    def of(cls, snakemake: Any, group: ProcessGroup = ALONE) -> Self:
        """Take it from a rule: its threads, resource `checkpoint_seconds` and parameters `seed` and `folder`."""
        params, seconds = snakemake.params, snakemake.resources.checkpoint_seconds
        return cls(params.seed, Path(params.folder), snakemake.threads, seconds, group)

    def device(self) -> torch.device:
        """Choose the device of this process, as `choose_device`."""
        return choose_device(self.threads, self.group)

    def schedule(self, settings: dict[str, Any]) -> Schedule:
        """Take the schedule from the settings of a model, which has keys of the same names."""
        return Schedule.of(settings, self.checkpoint_seconds)

    def run(
        self,
        task: Task,
        schedule: Schedule,
        device: torch.device,
        *,
        settings: dict[str, Any],
        data_sha256: str,
        code: Sequence[Path] = (),
    ) -> Trained:
        """Train to the end, going on from the checkpoint in the folder when it is of this very training.

        Parameters
        ----------
        task
            What is trained, on `device`.
        schedule
            How long, and when to look.
        device
            As `device` gave it.
        settings
            All that decides the result beside seed, machine, data and code.
        data_sha256
            Checksum of the data.
        code
            Source files whose change makes a checkpoint stale, beside those of Syncohort.

        Returns
        -------
        Trained
            The course of the training, with the checkpoint to remove once its result is saved.

        Raises
        ------
        InputError
            When training diverges, the card is too small, or another process trains in the folder and does not hand
            over.
        Interrupted
            As `Trainer.fit`.
        """
        machine = {"device": device.type, "threads": self.threads, "processes": self.group.size}
        identity = fingerprint({**settings, "seed": self.seed, **machine}, data_sha256, [*CODE, *code])
        return Trainer(task, schedule, Checkpoint(self.folder, identity), device, self.group).fit()
