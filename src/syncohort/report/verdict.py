"""The verdict: what the synthetic cohort may be used for, by which scores and which thresholds."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from syncohort.expression.evaluation import SELECTED_GENES
from syncohort.realism.metrics import HIGHER, METRICS
from syncohort.report.contents import ModelReport

METRIC = {metric.name: metric for metric in METRICS}

AS_REAL, CLOSE = 0.95, 0.80
THRESHOLDS = (
    "The relative score of a metric is 0 at its floor (a trivial generator) and 1 at its ceiling (real samples against "
    f"real patients held out). From {AS_REAL:.2f} on the samples count as usable, from {CLOSE:.2f} on as usable with "
    "care, below as not usable. These thresholds are a convention of this report, not a law."
)


@dataclass(frozen=True)
class Grade:
    """A rung of the verdict; the mark and the words say what the colour says."""

    name: str
    mark: str
    words: str


USABLE = Grade("usable", "●", "usable")
CARE = Grade("care", "◐", "usable with care")
UNUSABLE = Grade("unusable", "○", "not usable")
UNKNOWN = Grade("unknown", "–", "cannot be told")
UNMEASURED = Grade("unmeasured", "–", "not measured")
GRADES = {grade.name: grade for grade in (USABLE, CARE, UNUSABLE, UNKNOWN, UNMEASURED)}


@dataclass(frozen=True)
class Use:
    """A use of synthetic expression, what it comprises, and the metric that decides on it."""

    name: str
    comprises: str
    metric: str


USES = (
    Use("co-expression", "correlations, clustering and networks of genes", "gamma_distances"),
    Use("single genes", "ranges, distributions, trying out software", "wasserstein"),
)


@dataclass(frozen=True)
class Verdict:
    """Outcome for one use of one model.

    Parameters
    ----------
    use
        The use.
    grade
        The grade.
    relative
        Score between floor (0) and ceiling (1); NaN where it cannot be told.
    value, ceiling, floor
        The score and its controls.
    """

    use: Use
    grade: Grade
    relative: float
    value: float
    ceiling: float
    floor: float


def relative_score(metric: str, value: float, ceiling: float, floor: float) -> float:
    """Place a score of `metric` between its floor (0) and its ceiling (1).

    Returns
    -------
    float
        NaN where a number is missing or where the ceiling is not better than the floor, so that the metric cannot
        tell real from trivial here.
    """
    span = ceiling - floor
    if not np.isfinite([value, ceiling, floor]).all() or span * (1 if METRIC[metric].better == HIGHER else -1) <= 0:
        return np.nan
    return (value - floor) / span


def grade(relative: float) -> Grade:
    """Grade a relative score."""
    if np.isnan(relative):
        return UNKNOWN
    return USABLE if relative >= AS_REAL else CARE if relative >= CLOSE else UNUSABLE


def verdicts(model: ModelReport) -> list[Verdict]:
    """Judge a model for every use, on all selected genes."""
    return [_verdict(use, headline(model, use.metric)) for use in USES]


def conclusion(judged: Sequence[Sequence[Verdict]]) -> str:
    """Sum up the verdicts of all models, each a list in the order of `USES`, in one sentence."""
    if len(judged) == 1:
        parts = [f"{verdict.grade.words} for {verdict.use.name}" for verdict in judged[0]]
        return f"Judged by fidelity, the model is {' and '.join(parts)}."
    counts = [sum(verdict.grade == USABLE for verdict in column) for column in zip(*judged, strict=True)]
    parts = [f"{number} of {len(judged)} models for {use.name}" for number, use in zip(counts, USES, strict=True)]
    return f"Usable, judged by fidelity: {', '.join(parts)}."


def headline(model: ModelReport, metric: str) -> pd.Series:
    """Give a metric's row over all folds and all selected genes; NaN where it was not computed."""
    table = model.cross_validation
    row = table[(table["metric"] == metric) & (table["space"] == SELECTED_GENES)]
    return row.iloc[0] if len(row) else pd.Series({"value": np.nan, "ceiling": np.nan, "floor": np.nan})


def _verdict(use: Use, row: pd.Series) -> Verdict:
    value, ceiling, floor = (float(row[column]) for column in ("value", "ceiling", "floor"))
    relative = relative_score(use.metric, value, ceiling, floor)
    return Verdict(use, grade(relative), relative, value, ceiling, floor)
