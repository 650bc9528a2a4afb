"""The table of scores: every metric of every model, beside its ceiling and floor, ready for the page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from syncohort.expression.metrics import METRIC, METRICS
from syncohort.realism.metrics import BIOLOGY, FIDELITY, PRIVACY, UTILITY, Metric
from syncohort.report.expression.contents import ModelReport, SelectionReport
from syncohort.report.expression.verdict import Grade, grade
from syncohort.report.wording import decimal, scientific


@dataclass(frozen=True)
class Score:
    """A row of the table of scores: one metric of one model in one space."""

    metric: Metric
    space: str
    model: str
    value: float
    low: float
    high: float
    ceiling: float
    floor: float
    relative: float
    relative_interval: tuple[float, float]
    relative_folds: list[float]
    grade: Grade
    note: str

    def show(self, number: float) -> str:
        """Word a number of this row; a metric with tiny values gets powers of ten."""
        tiny = 0 < abs(self.ceiling) < 1e-3 and abs(self.value) < 1e-2
        return scientific(number) if tiny else decimal(number)


def scores_of(model: ModelReport) -> list[Score]:
    """Scores of a model by all metrics in all spaces."""
    return [_score(row, model) for row in model.cross_validation.itertuples()]


def scores_by_axis(selection: SelectionReport) -> dict[str, dict[str, list[Score]]]:
    """Scores of all models by axis and space, metrics in their declared order and models beside each other."""
    found: dict[str, dict[str, list[Score]]] = {axis: {} for axis in (FIDELITY, BIOLOGY, UTILITY, PRIVACY)}
    scores = [score for model in selection.models for score in scores_of(model)]
    spaces = dict.fromkeys(score.space for score in scores)
    for space in spaces:
        for metric in METRICS:
            for score in scores:
                if (score.metric.name, score.space) == (metric.name, space):
                    found[metric.axis].setdefault(space, []).append(score)
    return {axis: rows for axis, rows in found.items() if rows}


def score_table(models: Sequence[ModelReport]) -> pd.DataFrame:
    """All scores, over folds and of each fold, as they are in the results."""
    tables = [
        table.assign(model=model.name, split=split)
        for model in models
        for split, table in [("all folds", model.cross_validation), *model.metrics.items()]
    ]
    joined = pd.concat([table.astype({"note": object}) for table in tables], ignore_index=True)
    return joined[["model", "split", *(column for column in joined if column not in ("model", "split"))]]


def _score(row: Any, model: ModelReport) -> Score:
    metric = METRIC[row.metric]

    def place(value: float) -> float:
        return metric.relative(value, row.ceiling, row.floor)

    folds = pd.concat([table[["metric", "space", "value", "ceiling"]] for table in model.metrics.values()])
    folds = folds[(folds["metric"] == row.metric) & (folds["space"] == row.space)]
    return Score(
        metric=metric,
        space=row.space,
        model=model.name,
        value=row.value,
        low=row.ci_low,
        high=row.ci_high,
        ceiling=row.ceiling,
        floor=row.floor,
        relative=place(row.value),
        relative_interval=tuple(sorted((place(row.ci_low), place(row.ci_high)))),
        relative_folds=[place(value) for value in folds["value"].dropna()],
        grade=grade(row.metric, row.value, row.ceiling, row.floor, list(folds["ceiling"]), model.repeats),
        note=row.note if isinstance(row.note, str) else "",
    )
