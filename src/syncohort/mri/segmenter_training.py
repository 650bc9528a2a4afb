"""Train a segmentation network on one training set, real, synthetic or both, always by the same number of steps."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from monai.losses import DiceCELoss

from syncohort.core.naming import REAL
from syncohort.mri.overlap import dice
from syncohort.mri.pairs import tensor
from syncohort.mri.preparation import PreparedSubject
from syncohort.mri.prepared_cohort import data_checksum
from syncohort.mri.segmenter import Segmenter, brain_moments, build_network, standardised
from syncohort.mri.semantic_label import LEFT_RIGHT
from syncohort.sources.volumes.labels import NESTED
from syncohort.training.device import autocast, choose_precision
from syncohort.training.job import Job
from syncohort.training.task import RandomStream, Stateful
from syncohort.training.trainer import Schedule, Trained

MIXED = "mixed"
CPU = torch.device("cpu")
# Half of the patches hold tumour in their middle; brightness and contrast of each modality change by so much.
TUMOUR_SHARE, BRIGHTNESS = 0.5, 0.1
DECAY = 0.9
MOST_VALIDATION_SUBJECTS = 8
# Voxels of a tumour that patches may be centred on.
MOST_PLACES = 1000


def training_set(
    name: str, real: Sequence[PreparedSubject], synthetic: Sequence[PreparedSubject]
) -> list[PreparedSubject]:
    """Choose the subjects of a training set: `real`, or some synthetic ones for each real one, alone or `mixed` in."""
    if name == REAL:
        return list(real)
    kind, times = name.removesuffix("x").rsplit("-", 1)
    chosen = list(synthetic[: int(times) * len(real)])
    return [*real, *chosen] if kind == MIXED else chosen


@dataclass(frozen=True)
class _Volume:
    """A subject and what cutting patches needs of all of it: the moments of its brain, some voxels of its tumour."""

    subject: PreparedSubject
    moments: tuple[np.ndarray, np.ndarray]
    tumour: np.ndarray

    @classmethod
    def of(cls, subject: PreparedSubject) -> "_Volume":
        places = np.argwhere(subject.label)
        moments = brain_moments(subject.images, subject.tissue > 0)
        return cls(subject, moments, places[:: max(1, len(places) // MOST_PLACES)])

    def cut(self, where: tuple[slice, ...]) -> tuple[np.ndarray, np.ndarray]:
        """Cut images (modalities, z, y, x) and label (z, y, x)."""
        *images, label, tissue = np.asarray(self.subject.volumes[(slice(None), *where)])
        return standardised(np.stack(images), tissue > 0, self.moments), label


class Segmentation:
    """The training of a segmentation network, a `Task` of the Trainer. One step sees one patch of one subject.

    Parameters
    ----------
    subjects, validation
        Prepared subjects to train on and to look at.
    segmenter
        What is to be trained, still without weights.
    learning_rate, max_steps
        Learning rate at the first step, and the step at which it has fallen to 0.
    seed
        Seed of weights and patches.
    device
        Device to train on.
    """

    def __init__(
        self,
        subjects: Sequence[PreparedSubject],
        validation: Sequence[PreparedSubject],
        segmenter: Segmenter,
        *,
        learning_rate: float,
        max_steps: int,
        seed: int,
        device: torch.device,
    ) -> None:
        self.subjects, self.validation, self.segmenter, self.device = subjects, validation, segmenter, device
        torch.manual_seed(seed)  # the only way to seed the initial weights
        self.network = build_network(len(segmenter.modalities), segmenter.width, segmenter.patch).to(device)
        self.optimiser = torch.optim.AdamW(self.network.parameters(), lr=learning_rate, fused=True)
        self.scheduler = torch.optim.lr_scheduler.PolynomialLR(self.optimiser, max_steps, DECAY)
        self.draws = RandomStream(seed, CPU)
        self.volumes: dict[int, _Volume] = {}
        self.loss = DiceCELoss(to_onehot_y=True, softmax=True, include_background=False)

    def parts(self) -> dict[str, Stateful]:
        """Everything that changes while training."""
        return {
            "network": self.network,
            "optimiser": self.optimiser,
            "scheduler": self.scheduler,
            "draws": self.draws,
        }

    def step(self) -> dict[str, torch.Tensor]:
        """Learn from one patch: the sum of Dice loss and cross entropy."""
        images, label = self.draw()
        self.optimiser.zero_grad()
        with autocast(self.device, self.segmenter.precision):
            judged = self.network(images)
        loss = self.loss(judged.float(), label)
        loss.backward()
        self.optimiser.step()
        self.scheduler.step()
        return {"loss": loss.detach()}

    def draw(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Draw a patch: images (1, modalities, z, y, x), label (1, 1, z, y, x)."""
        volume = self._volume(int(self.draws.integers(len(self.subjects), 1)))
        images, label = volume.cut(self._patch(volume))
        if float(self.draws.uniform(1)) < 0.5:
            images, label = np.flip(images, 1 + LEFT_RIGHT), np.flip(label, LEFT_RIGHT)
        gain, shift = (2 * self.draws.uniform(2, len(images), 1, 1, 1).numpy() - 1) * BRIGHTNESS
        return tensor(images * (1 + gain) + shift, self.device), tensor(label[None], self.device)

    def _patch(self, volume: _Volume) -> tuple[slice, ...]:
        """Choose where to look: half the time around a voxel of the tumour, else anywhere."""
        room = np.array(volume.subject.images.shape[1:]) - self.segmenter.patch
        uniform = self.draws.uniform(5).numpy()
        start = np.floor(uniform[:3] * (room + 1)).astype(int)
        if uniform[3] < TUMOUR_SHARE and len(volume.tumour):
            centre = volume.tumour[int(uniform[4] * len(volume.tumour))]
            start = np.clip(centre - np.array(self.segmenter.patch) // 2, 0, room)
        return tuple(slice(low, low + size) for low, size in zip(start, self.segmenter.patch, strict=True))

    def _volume(self, number: int) -> _Volume:
        if number not in self.volumes:
            self.volumes[number] = _Volume.of(self.subjects[number])
        return self.volumes[number]

    def monitor(self) -> float:
        """Give 1 − the mean Dice of the nested regions of the validation subjects."""
        self.network.eval()
        scores = []
        for subject in self.validation:
            found = self.segmenter.segment(self.network, subject)
            scores += [dice(np.isin(found, labels), np.isin(subject.label, labels)) for labels in NESTED.values()]
        self.network.train()
        return 1 - float(np.mean(scores))

    def weights(self) -> dict[str, torch.Tensor]:
        """Weights of the network."""
        return self.network.state_dict()


def train_segmenter(
    subjects: Sequence[PreparedSubject],
    validation: Sequence[PreparedSubject],
    settings: dict[str, Any],
    job: Job,
) -> tuple[Segmenter, Trained]:
    """Train a segmentation network, going on from the checkpoint in the job's folder when it is of this very training.

    The last weights are kept: no real patient chooses those of a network that is trained on synthetic ones alone.

    Parameters
    ----------
    subjects
        The training set.
    validation
        Real subjects to look at while training, for the reader of the curve only.
    settings
        The complete mapping `mri.segment`.
    job
        Where and how it runs.

    Returns
    -------
    segmenter, trained
        The trained network and the course of its training.

    Raises
    ------
    InputError
        When training diverges or another process trains in the folder.
    """
    device = job.device()
    shape = subjects[0].images.shape[1:]
    wanted = [min(most, length) for most, length in zip(settings["patch"][::-1], shape, strict=True)]
    precision = choose_precision(settings["precision"], device)
    blank = Segmenter({}, subjects[0].description["channels"][:-2], settings["width"], wanted, precision)
    looked_at = validation[:MOST_VALIDATION_SUBJECTS]
    steps, rate = settings["max_steps"], settings["learning_rate"]
    task = Segmentation(subjects, looked_at, blank, learning_rate=rate, max_steps=steps, seed=job.seed, device=device)
    trained = job.run(
        task,
        Schedule(steps, settings["validate_every"], 0, checkpoint_seconds=job.checkpoint_seconds, keep="last"),
        device,
        settings={**settings, "precision": precision},
        data_sha256=data_checksum(subjects, looked_at),
    )
    return Segmenter(trained.weights, blank.modalities, blank.width, blank.patch, precision), trained
