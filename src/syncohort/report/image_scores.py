"""Scores of images over the judged folds, and the rows of their tables, each between its floor and its ceiling."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

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


def mean_metrics(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Average the scores of folds; the interval over the subjects of a fold is kept where there is only one."""
    if len(tables) == 1:
        return tables[0]
    joined = pd.concat(tables, ignore_index=True)
    numbers = {"value": "mean", "ceiling": "mean", "floor": "mean", "n": "sum", "note": "first"}
    means = joined.groupby(["metric", "space"], sort=False, as_index=False).agg(numbers)
    return means.assign(ci_low=float("nan"), ci_high=float("nan"))[list(tables[0])]


def image_scores(table: pd.DataFrame, metrics: Mapping[str, Metric]) -> list[ImageScore]:
    """Give the rows of a table of scores, those of a metric side by side; `metrics` are those of the wing, by name."""
    by_metric = table.sort_values("metric", key=lambda names: pd.factorize(names)[0], kind="stable")
    return [_image_score(row, metrics) for row in by_metric.to_dict("records")]


def _image_score(row: dict[str, Any], metrics: Mapping[str, Metric]) -> ImageScore:
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
