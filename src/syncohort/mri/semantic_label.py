"""The semantic label: what a generator is told about a subject, the tumour of one patient on the brain of another."""

import numpy as np
from scipy.ndimage import affine_transform

from syncohort.core.errors import InputError
from syncohort.sources.volumes.labels import ENHANCING, LABELS

# BraTS 2020, which was published on, writes 4 for enhancing tumour; with a brain of 1 below, sums reach 5.
PUBLISHED_ENHANCING = 4
GREATEST_SUM = 5
SUM = "sum"  # the published condition
LEFT_RIGHT = 2  # the axis x of (z, y, x)


def move_tumour(
    label: np.ndarray, *, scale: float = 1.0, shift: tuple[float, ...] = (0.0, 0.0, 0.0), mirror: bool = False
) -> np.ndarray:
    """Change the place and size of a tumour: first mirror left and right, then scale about its centre and shift.

    Parameters
    ----------
    label
        (z, y, x) tumour labels.
    scale
        Factor of the length.
    shift
        Voxels along (z, y, x).
    mirror
        Whether the middle plane of the volume mirrors it.

    Returns
    -------
    numpy.ndarray
        (z, y, x), by the nearest voxel; what leaves the volume is gone.
    """
    if mirror:
        label = np.flip(label, axis=LEFT_RIGHT)
    if scale == 1 and not any(shift):
        return np.ascontiguousarray(label)
    centre = np.argwhere(label).mean(axis=0)
    offset = centre - (centre + shift) / scale
    return affine_transform(label, np.full(3, 1 / scale), offset, order=0, mode="constant")


def place_tumour(label: np.ndarray, tissue: np.ndarray) -> np.ndarray:
    """Put a tumour on a brain and clip it there: (z, y, x) uint8.

    Parameters
    ----------
    label
        (z, y, x) tumour labels of patient A.
    tissue
        (z, y, x) tissue classes of patient B, 0 outside the brain.

    Raises
    ------
    InputError
        When the tumour falls wholly outside the brain.
    """
    placed = np.where(tissue > 0, label, 0).astype(np.uint8)
    if not placed.any():
        raise InputError(
            f"The tumour of {np.count_nonzero(label)} voxels falls wholly outside the brain of "
            f"{np.count_nonzero(tissue)} voxels it is put on. Lower the shift or the scale of tumours, or leave that "
            "subject out with mri.exclude."
        )
    return placed


def published_label(tumour: np.ndarray, tissue: np.ndarray) -> np.ndarray:
    """Add the tumour and the mask of the brain, as published: 0 outside, 1 brain, 2 necrosis, 3 oedema, 5 enhancing."""
    published = np.where(tumour == ENHANCING, PUBLISHED_ENHANCING, tumour)
    return np.where(tissue > 0, published + 1, 0).astype(np.uint8)


def class_index(tumour: np.ndarray, tissue: np.ndarray, tissue_classes: int) -> np.ndarray:
    """Give the class of every voxel: 0 outside, the tissue classes, then the tumour labels above them. (z, y, x).

    Parameters
    ----------
    tumour
        (z, y, x) labels.
    tissue
        (z, y, x) tissue classes, 0 outside the brain.
    tissue_classes
        Classes of healthy tissue to tell apart; with 1, healthy brain is one class, whatever classes `tissue` has.
    """
    return np.where(tumour > 0, tumour + tissue_classes, np.minimum(tissue, tissue_classes))


def classes_told_apart(condition: str, tissue_classes: int) -> int:
    """Classes of healthy tissue that a condition tells apart."""
    return tissue_classes if condition == "tissue" else 1


def condition_channels(condition: str, tissue_classes: int) -> int:
    """Channels that `encode_label` gives."""
    return 1 if condition == SUM else 1 + classes_told_apart(condition, tissue_classes) + len(LABELS)


def encode_label(tumour: np.ndarray, tissue: np.ndarray, condition: str, tissue_classes: int) -> np.ndarray:
    """Encode a semantic label for a network.

    Parameters
    ----------
    tumour
        (z, y, x) labels, inside the brain.
    tissue
        (z, y, x) tissue classes, 0 outside the brain.
    condition
        `sum`: one channel, the published sum brought to [−1, 1]. `one_hot`: a channel each for outside, healthy brain,
        necrosis, oedema and enhancing tumour. `tissue`: the same, with a channel for each class of healthy tissue.
    tissue_classes
        Number of tissue classes.

    Returns
    -------
    numpy.ndarray
        (channels, z, y, x) float32; one-hot channels add up to 1 everywhere.
    """
    if condition == SUM:
        return (published_label(tumour, tissue)[None] * np.float32(2 / GREATEST_SUM) - 1).astype(np.float32)
    index = class_index(tumour, tissue, classes_told_apart(condition, tissue_classes))
    return (index == np.arange(condition_channels(condition, tissue_classes))[:, None, None, None]).astype(np.float32)
