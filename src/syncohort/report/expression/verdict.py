"""The verdict: what the synthetic cohort may be used for, by which scores and which rule."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from syncohort.expression.metrics import METRIC
from syncohort.expression.spaces import PRINCIPAL_COMPONENTS, SELECTED_GENES
from syncohort.realism.intervals import mean_interval
from syncohort.realism.metrics import Metric
from syncohort.report.expression.contents import ModelReport

CLOSE, HALFWAY = 0.95, 0.5
THRESHOLDS = (
    "One rule grades every metric. Its relative score is 0 at the floor (a trivial generator; for privacy, a copy) "
    "and 1 at the ceiling (real samples of other patients, as many). The samples are usable when the score is no worse "
    f"than the worse end of the ceiling’s 95 % interval over folds, or {CLOSE:.2f} or more on that scale; not usable "
    f"when it is nearer to the floor than to the ceiling, below {HALFWAY:.1f}; usable with care in between. A use is "
    "graded by the worst of its metrics. This is a convention of the report, not a law."
)


@dataclass(frozen=True)
class Grade:
    """A rung of the verdict; the mark and the words say what the colour says."""

    name: str
    mark: str
    words: str


USABLE = Grade("usable", "●", "usable")
CARE = Grade("care", "◐", "with care")
UNUSABLE = Grade("unusable", "○", "not usable")
UNKNOWN = Grade("unknown", "–", "cannot be told")
GRADES = {grade.name: grade for grade in (USABLE, CARE, UNUSABLE, UNKNOWN)}
# From bad to good: of several grades the first of these counts.
WORST_FIRST = (UNUSABLE, CARE, USABLE, UNKNOWN)


@dataclass(frozen=True)
class Use:
    """A use of synthetic expression.

    Parameters
    ----------
    name, comprises
        What it is called and what it comprises.
    metrics
        Metrics that decide on it, each with its space.
    words
        What a grade means here, where the grade's own words do not say it: name of the grade → words.
    """

    name: str
    comprises: str
    metrics: Mapping[str, str]
    words: Mapping[str, str] = field(default_factory=dict)


USES = (
    Use(
        "co-expression",
        "correlations, clustering and networks of genes",
        {"gamma_distances": SELECTED_GENES, "correlation_strength": SELECTED_GENES},
    ),
    Use("single genes", "ranges, distributions, trying out software", {"wasserstein": SELECTED_GENES}),
    Use(
        "whole samples",
        "subtypes, diversity, outliers",
        {"precision": SELECTED_GENES, "recall": SELECTED_GENES},
    ),
    Use(
        "differential expression",
        "genes that differ between tumour and normal",
        {"differential_recall": SELECTED_GENES, "fold_change_concordance": SELECTED_GENES},
    ),
    Use("training classifiers", "of condition and covariates, for real patients", {"tstr": PRINCIPAL_COMPONENTS}),
    Use(
        "sharing",
        "beyond those who may see the patients’ data",
        {
            "membership_distance": SELECTED_GENES,
            "membership_density": PRINCIPAL_COMPONENTS,
            "near_duplicates": SELECTED_GENES,
            "singling_out": SELECTED_GENES,
        },
        {"usable": "no leak found", "care": "leaks a little", "unusable": "leaks"},
    ),
)

# Asked of models that have a critic, whose weights go with the model but not with the samples.
SHARING_WEIGHTS = Use("sharing the model", "its weights, critic included", {"membership_critic": SELECTED_GENES})


@dataclass(frozen=True)
class Verdict:
    """Outcome for one use of one model.

    Parameters
    ----------
    use
        The use.
    grade
        The grade.
    metric
        The metric that decided.
    relative
        Its score between floor (0) and ceiling (1); NaN where it cannot be told.
    value, ceiling, floor
        Its score and controls.
    """

    use: Use
    grade: Grade
    metric: Metric
    relative: float
    value: float
    ceiling: float
    floor: float

    @property
    def words(self) -> str:
        """The grade in words."""
        return self.use.words.get(self.grade.name, self.grade.words)


def grade(
    metric: str, value: float, ceiling: float, floor: float, ceilings: Sequence[float] = (), repeats: int = 1
) -> Grade:
    """Grade a score by the rule of `THRESHOLDS`.

    Parameters
    ----------
    metric
        Name of the metric.
    value, ceiling, floor
        Its score and controls, means over folds.
    ceilings
        Ceiling of every fold, from which the interval is made.
    repeats
        How many times the patients were dealt into folds.
    """
    judge = METRIC[metric]
    relative = judge.relative(value, ceiling, floor)
    if np.isnan(relative):
        return UNKNOWN
    _, *limits = mean_interval(ceilings, repeats=repeats) if len(ceilings) else (0, np.nan, np.nan)
    reached = [judge.relative(limit, ceiling, floor) for limit in limits if np.isfinite(limit)]
    as_real = max(HALFWAY, min([CLOSE, *reached]))
    return USABLE if relative >= as_real else CARE if relative >= HALFWAY else UNUSABLE


def verdicts(model: ModelReport) -> list[Verdict]:
    """Judge a model for every use."""
    return [_worst(judge_metrics(use, model)) for use in USES]


def judge_metrics(use: Use, model: ModelReport) -> list[Verdict]:
    """Judge a model for a use by each of its metrics."""
    return [_verdict(use, metric, space, model) for metric, space in use.metrics.items()]


def _worst(found: Sequence[Verdict]) -> Verdict:
    """Give the verdict of the worst metric; those that cannot be told count only where none can."""
    return min(found, key=lambda verdict: (WORST_FIRST.index(verdict.grade), verdict.relative))


def row_of(scores: pd.DataFrame, metric: str, space: str) -> pd.Series:
    """Give a metric's row in a space; NaN where it was not computed."""
    rows = scores[(scores["metric"] == metric) & (scores["space"] == space)]
    return rows.iloc[0] if len(rows) else pd.Series({"value": np.nan, "ceiling": np.nan, "floor": np.nan})


def _verdict(use: Use, metric: str, space: str, model: ModelReport) -> Verdict:
    row = row_of(model.cross_validation, metric, space)
    numbers = [float(row[column]) for column in ("value", "ceiling", "floor")]
    ceilings = [float(row_of(fold, metric, space)["ceiling"]) for fold in model.metrics.values()]
    relative = METRIC[metric].relative(*numbers)
    return Verdict(use, grade(metric, *numbers, ceilings, model.repeats), METRIC[metric], relative, *numbers)


def conclusion(judged: Sequence[Sequence[Verdict]]) -> str:
    """Sum up the verdicts of all models, each a list in the order of `USES`, in one sentence; sharing comes last."""
    if len(judged) == 1:
        *uses, sharing = judged[0]
        parts = [f"{verdict.words} for {verdict.use.name}" for verdict in uses]
        return f"The model is {', '.join(parts[:-1])} and {parts[-1]}; attacks on its samples: {sharing.words}."
    *counts, _ = (sum(verdict.grade == USABLE for verdict in column) for column in zip(*judged, strict=True))
    leaks = sum(sharing.grade in (CARE, UNUSABLE) for *_, sharing in judged)
    parts = [f"{number} of {len(judged)} for {use.name}" for number, use in zip(counts, USES[:-1], strict=True)]
    return (
        f"Models that are usable: {', '.join(parts[:-1])} and {parts[-1]}; attacks found a leak of training "
        f"patients in {leaks} of {len(judged)}."
    )
