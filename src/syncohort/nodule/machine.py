"""Where and how a training runs."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch


@dataclass(frozen=True)
class Machine:
    """Where and how a training runs.

    Parameters
    ----------
    seed
        Seed of the training.
    threads
        CPU threads.
    checkpoint_seconds
        Least time between two checkpoints.
    folder
        Where the checkpoint lives.
    """

    seed: int
    threads: int
    checkpoint_seconds: float
    folder: Path

    def identity(self, settings: dict[str, Any], device: torch.device) -> dict[str, Any]:
        """Give all that decides a training's result beside data and code, for the fingerprint of its checkpoint."""
        return {**settings, "seed": self.seed, "device": device.type, "threads": self.threads}
