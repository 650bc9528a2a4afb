"""Rows of the tables of scores of images, each score placed between its floor and its ceiling."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from syncohort.realism.metrics import Metric


@dataclass(frozen=True)
class ImageScore:
    """A row of the table of scores: one metric in one space."""

    metric: Metric
    space: str
    value: float
    low: float
    high: float
    ceiling: float
    floor: float
    relative: float
    n: int
    note: str


def image_score(row: dict[str, Any], metrics: Mapping[str, Metric]) -> ImageScore:
    """Place a score between its floor and its ceiling; `metrics` are those of the wing, by name."""
    metric = metrics[row["metric"]]
    return ImageScore(
        metric=metric,
        space=row["space"],
        value=row["value"],
        low=row["ci_low"],
        high=row["ci_high"],
        ceiling=row["ceiling"],
        floor=row["floor"],
        relative=metric.relative(row["value"], row["ceiling"], row["floor"]),
        n=int(row["n"]),
        note=row["note"] if isinstance(row["note"], str) else "",
    )
