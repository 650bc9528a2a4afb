"""The models of a cohort beside each other and beside the published numbers, as Table 1 of Xu et al. has them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from syncohort.nodule.metrics import NODULES, OUTSIDE, WHOLE
from syncohort.report.nodule.contents import NoduleModelReport


class Column(NamedTuple):
    """A column: its heading, the metric, where it is measured, and decimals to show."""

    heading: str
    metric: str
    space: str
    decimals: int


COLUMNS = (
    Column("MSE", "mse", WHOLE, 4),
    Column("SSIM", "ssim", WHOLE, 2),
    Column("PSNR, dB", "psnr", WHOLE, 2),
    Column("SSIM", "ssim", OUTSIDE, 2),
    Column("Found", "detection", NODULES, 2),
    Column("Mask consistency", "mask_consistency", NODULES, 2),
    Column("Spread", "nodule_variance", NODULES, 2),
)
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
        values = tuple(scores.get((column.metric, column.space), np.nan) for column in COLUMNS)
        rows.append(ComparedModel(model.name, False, values))
    missing = (np.nan,) * (len(COLUMNS) - 3)
    return rows + [ComparedModel(name, True, values + missing) for name, values in PUBLISHED.items()]
