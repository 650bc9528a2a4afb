"""How well two segmentations agree: Dice and the 95th percentile of the Hausdorff distance, region by region."""

import warnings
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch
from monai.metrics import compute_hausdorff_distance

from syncohort.sources.volumes.labels import REGIONS

PERCENTILE = 95


def region_scores(predicted: np.ndarray, label: np.ndarray, spacing: Sequence[float]) -> Iterator[dict[str, Any]]:
    """Score a segmentation on every region of `REGIONS`.

    Parameters
    ----------
    predicted, label
        (z, y, x) tumour labels.
    spacing
        Millimetres between voxels along (z, y, x).

    Yields
    ------
    dict
        `region`, `dice`, `hd95` (mm), `voxels` and `predicted_voxels`.
    """
    for region, numbers in REGIONS.items():
        found, true = np.isin(predicted, numbers), np.isin(label, numbers)
        yield {
            "region": region,
            "dice": dice(found, true),
            "hd95": hausdorff_95(found, true, spacing),
            "voxels": int(true.sum()),
            "predicted_voxels": int(found.sum()),
        }


def dice(one: np.ndarray, other: np.ndarray) -> float:
    """Twice the common voxels over those of both; 1 where both are empty, as BraTS scores it, and so 0 where one is."""
    total = one.sum() + other.sum()
    return float(2 * (one & other).sum() / total) if total else 1.0


def hausdorff_95(one: np.ndarray, other: np.ndarray, spacing: Sequence[float]) -> float:
    """95th percentile of the distances from the surface of each to the other's, the greater of the two, in mm.

    As BraTS scores it, 0 where both are empty and the diagonal of the volume where one is.
    """
    if not one.any() or not other.any():
        diagonal = float(np.linalg.norm(np.array(one.shape) * spacing))
        return 0.0 if one.any() == other.any() else diagonal
    volumes = (torch.from_numpy(values.astype(np.float32))[None, None] for values in (one, other))
    with warnings.catch_warnings():
        # MONAI speaks of a backend for cards that is not installed.
        warnings.simplefilter("ignore")
        found = compute_hausdorff_distance(
            *volumes, include_background=True, percentile=PERCENTILE, spacing=list(map(float, spacing))
        )
    return float(found)
