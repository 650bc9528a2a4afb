"""Pairs of subjects to train on: the tumour of one on the brain of another, or a subject by itself."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from syncohort.core.errors import InputError
from syncohort.mri.preparation import PreparedSubject
from syncohort.mri.semantic_label import move_tumour, place_tumour
from syncohort.training.task import RandomStream

# A tumour moved out of the brain is drawn anew so often before the training stops.
ATTEMPTS = 20


@dataclass(frozen=True)
class TumourChanges:
    """By how much tumours are changed before they are put on another brain.

    Parameters
    ----------
    scale
        Least and greatest factor of the length.
    shift
        Most voxels along each axis.
    mirror
        Whether half of them are mirrored.
    """

    scale: Sequence[float] = (1.0, 1.0)
    shift: int = 0
    mirror: bool = False


@dataclass(frozen=True)
class Pair:
    """What one step is trained on.

    Parameters
    ----------
    tumour
        (z, y, x) labels on the brain.
    brain
        The subject whose brain it is; its own images have its own tumour.
    donor
        The subject whose tumour it is.
    """

    tumour: np.ndarray
    brain: PreparedSubject
    donor: PreparedSubject


def ordered_pair(number: int, subjects: int) -> tuple[int, int]:
    """Give pair `number` of the n(n − 1) ordered pairs of different subjects: whose tumour, whose brain."""
    tumour, brain = divmod(number, subjects - 1)
    return tumour, brain + (brain >= tumour)


class Pairs:
    """Draw pairs, all ordered pairs alike.

    Parameters
    ----------
    subjects
        At least two prepared subjects on grids of one shape.
    changes
        How tumours are changed.
    stream
        Source of everything random, on the CPU.
    """

    def __init__(self, subjects: Sequence[PreparedSubject], changes: TumourChanges, stream: RandomStream) -> None:
        self.subjects, self.changes, self.stream = subjects, changes, stream

    def matched(self) -> Pair:
        """Draw a subject with its own tumour."""
        subject = self.subjects[self._integer(len(self.subjects))]
        return Pair(subject.label, subject, subject)

    def crossed(self) -> Pair:
        """Draw the tumour of one subject on the brain of another.

        Raises
        ------
        InputError
            When no tumour that was drawn meets the brain it was put on.
        """
        number = len(self.subjects)
        for _ in range(ATTEMPTS):
            tumour, brain = ordered_pair(self._integer(number * (number - 1)), number)
            donor, recipient = self.subjects[tumour], self.subjects[brain]
            try:
                return Pair(place_tumour(self._changed(donor.label), recipient.tissue), recipient, donor)
            except InputError:
                continue
        raise InputError(
            f"{ATTEMPTS} tumours were drawn, and none meets the brain it was put on; the last is that of "
            f"{donor.description['subject_id']} on the brain of {recipient.description['subject_id']}. Lower "
            "tumour_shift or tumour_scale of the model (mri.models), or leave such subjects out with mri.exclude."
        )

    def _changed(self, label: np.ndarray) -> np.ndarray:
        low, high = self.changes.scale
        uniform = self.stream.uniform(5).tolist()
        return move_tumour(
            label,
            scale=low + (high - low) * uniform[0],
            shift=tuple(round((2 * share - 1) * self.changes.shift) for share in uniform[1:4]),
            mirror=self.changes.mirror and uniform[4] < 0.5,
        )

    def _integer(self, high: int) -> int:
        return int(self.stream.integers(high, 1))


def tensor(values: np.ndarray, device: torch.device) -> torch.Tensor:
    """Bring (channels, z, y, x) to the device as a batch of one, float32."""
    return torch.from_numpy(np.array(values, dtype=np.float32))[None].to(device)
