"""The models of a cohort beside each other and beside the published numbers, as Table 1 of Xu et al. has them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from syncohort.nodule.judges import NODULES, OUTSIDE, WHOLE
from syncohort.report.nodule.contents import NoduleModelReport

# Column → metric and space.
COLUMNS = {
    "Mean squared difference, whole slice": ("mse", WHOLE),
    "SSIM, whole slice": ("ssim", WHOLE),
    "PSNR, whole slice, dB": ("psnr", WHOLE),
    "SSIM, background": ("ssim", OUTSIDE),
    "Nodules found": ("detection", NODULES),
    "Mask consistency": ("mask_consistency", NODULES),
    "Spread of nodules": ("nodule_variance", NODULES),
}
# Table 1 of the paper: the first three columns, of other patients.
PUBLISHED = {
    "in-painting": (0.0121, 0.76, 20.94),
    "MC-GAN": (0.0065, 0.74, 22.05),
    "proposed": (0.0044, 0.88, 24.52),
}


@dataclass(frozen=True)
class ComparedModel:
    """A row of the table; `values` are in the order of `COLUMNS`, NaN where there is none."""

    name: str
    published: bool
    values: tuple[float, ...]


def compare_models(models: Sequence[NoduleModelReport]) -> list[ComparedModel]:
    """Put several models into one table, the published ones below; a single one has none."""
    if len(models) < 2:
        return []
    rows = []
    for model in models:
        scores = model.metrics.set_index(["metric", "space"])["value"]
        rows.append(ComparedModel(model.name, False, tuple(scores.get(place, np.nan) for place in COLUMNS.values())))
    missing = (np.nan,) * (len(COLUMNS) - 3)
    return rows + [ComparedModel(name, True, values + missing) for name, values in PUBLISHED.items()]
