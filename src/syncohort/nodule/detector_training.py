"""Train the detector of a split on real slices, those with a nodule and backgrounds alike."""

from typing import Any

import numpy as np
import torch
from monai.losses import DiceCELoss
from torch.nn import functional

from syncohort.core.splits import TRAIN, VALIDATION
from syncohort.nodule.detector import Detector, build_network, find_nodules
from syncohort.nodule.slices import BACKGROUND, NODULE, Slices, require_nodules
from syncohort.training.job import Job
from syncohort.training.task import RandomStream, Stateful
from syncohort.training.trainer import Schedule, Trained

# Share of the side by which slices are shifted at most: nodules lie in the middle, and that is not what tells them.
SHIFT = 0.25
# Slices that a look measures.
MOST_VALIDATION = 128


class Detection:
    """The training of a detector, a `Task` of the Trainer.

    Parameters
    ----------
    training, validation
        Real slices.
    settings
        The complete mapping `nodule.detector`.
    seed
        Seed of weights and minibatches.
    device
        Device to train on.
    """

    def __init__(
        self, training: Slices, validation: Slices, settings: dict[str, Any], seed: int, device: torch.device
    ) -> None:
        self.device, self.rows = device, settings["batch_size"]
        self.parts_of = [_tensors(training.of(kind), device) for kind in (NODULE, BACKGROUND)]
        self.validation = validation.of(NODULE).only(np.arange(min(len(validation.of(NODULE)), MOST_VALIDATION)))
        torch.manual_seed(seed)  # the only way to seed the initial weights
        self.network = build_network(settings["width"]).to(device)
        self.optimiser = torch.optim.AdamW(self.network.parameters(), lr=settings["learning_rate"], fused=True)
        self.stream = RandomStream(seed, device)
        self.loss = DiceCELoss(sigmoid=True, batch=True)

    def parts(self) -> dict[str, Stateful]:
        """Everything that changes while training."""
        return {"network": self.network, "optimiser": self.optimiser, "stream": self.stream}

    def step(self) -> dict[str, torch.Tensor]:
        """Learn from a minibatch, half of it with nodules: the sum of Dice loss and cross entropy."""
        drawn = [
            (images[place], masks[place])
            for images, masks in self.parts_of
            for place in [self.stream.integers(len(images), self.rows // 2)]
        ]
        images, masks = (torch.cat(values) for values in zip(*drawn, strict=True))
        images, masks = self._moved(images, masks)
        self.optimiser.zero_grad()
        loss = self.loss(self.network(images), masks)
        loss.backward()
        self.optimiser.step()
        return {"loss": loss.detach()}

    def _moved(self, images: torch.Tensor, masks: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Mirror the minibatch half of the time and shift it, the border repeated by reflection."""
        side = images.shape[-1]
        most = max(1, int(SHIFT * side))
        down, across = self.stream.integers(2 * most + 1, 2).tolist()
        both = torch.cat([images, masks], dim=1)
        if float(self.stream.uniform(1)) < 0.5:
            both = both.flip(-1)
        both = functional.pad(both, (most,) * 4, mode="reflect")[:, :, down : down + side, across : across + side]
        return both[:, :1], both[:, 1:]

    def monitor(self) -> float:
        """Give 1 − the mean Dice of the validation patients' nodules."""
        self.network.eval()
        found = find_nodules(self.network, self.validation.images)
        self.network.train()
        return 1 - float(np.mean(dice(found, self.validation.masks)))

    def weights(self) -> dict[str, torch.Tensor]:
        """Weights of the network."""
        return self.network.state_dict()


def train_detector(
    slices: dict[str, Slices], settings: dict[str, Any], data_sha256: str, job: Job
) -> tuple[Detector, Trained]:
    """Train a detector, going on from the checkpoint in the job's folder when it is of this very training.

    Parameters
    ----------
    slices
        The slices of a split by role; those of the test fold are not looked at.
    settings
        The complete mapping `nodule.detector`.
    data_sha256
        Checksum of slices and splits.
    job
        Where and how it runs.

    Returns
    -------
    detector, trained
        The detector at its best look and the course of the training.

    Raises
    ------
    InputError
        When training diverges, a part has no nodule, or another process trains in the folder.
    """
    device = job.device()
    for role in (TRAIN, VALIDATION):
        require_nodules(slices[role], role)
    task = Detection(slices[TRAIN], slices[VALIDATION], settings, job.seed, device)
    steps, every = settings["max_steps"], settings["validate_every"]
    schedule = Schedule(steps, every, patience=0, checkpoint_seconds=job.checkpoint_seconds)
    trained = job.run(task, schedule, device, settings=settings, data_sha256=data_sha256)
    return Detector(trained.weights, settings["width"]), trained


def dice(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Dice of masks (slices, rows, columns), slice by slice; 1 where both are empty."""
    both, either = (one & other).sum(axis=(1, 2)), one.sum(axis=(1, 2)) + other.sum(axis=(1, 2))
    return np.where(either > 0, 2 * both / np.maximum(either, 1), 1.0)


def _tensors(slices: Slices, device: torch.device) -> tuple[torch.Tensor, torch.Tensor]:
    return tuple(
        torch.as_tensor(values[:, None], dtype=torch.float32, device=device) for values in (slices.images, slices.masks)
    )
