import numpy as np
import pandas as pd
import pytest

from syncohort.report import verdict
from syncohort.report.contents import ModelReport

HIGHER, LOWER = "gamma_distances", "wasserstein"


@pytest.mark.parametrize(
    ("metric", "value", "ceiling", "floor", "expected"),
    [
        (HIGHER, 0.95, 0.95, 0.0, 1.0),
        (HIGHER, 0.0, 0.95, 0.0, 0.0),
        (HIGHER, 0.5, 0.9, 0.1, 0.5),
        (HIGHER, -0.1, 0.9, 0.1, -0.25),
        (LOWER, 0.2, 0.2, 0.8, 1.0),
        (LOWER, 0.8, 0.2, 0.8, 0.0),
        (LOWER, 0.35, 0.2, 0.8, 0.75),
        (LOWER, 0.14, 0.2, 0.8, 1.1),
    ],
)
def test_relative_score(metric: str, value: float, ceiling: float, floor: float, expected: float):
    assert verdict.relative_score(metric, value, ceiling, floor) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("metric", "value", "ceiling", "floor"),
    [
        (HIGHER, 0.9, np.nan, 0.0),
        (HIGHER, np.nan, 0.9, 0.0),
        (HIGHER, 0.9, 0.9, np.nan),
        (HIGHER, 0.5, 0.5, 0.5),
        (HIGHER, 0.5, 0.4, 0.6),
        (LOWER, 0.5, 0.6, 0.4),
    ],
)
def test_nothing_is_said_where_the_controls_say_nothing(metric: str, value: float, ceiling: float, floor: float):
    assert np.isnan(verdict.relative_score(metric, value, ceiling, floor))


@pytest.mark.parametrize(
    ("relative", "expected"),
    [
        (1.2, verdict.USABLE), (0.95, verdict.USABLE), (0.949, verdict.CARE), (0.8, verdict.CARE),
        (0.799, verdict.UNUSABLE), (-1.0, verdict.UNUSABLE), (np.nan, verdict.UNKNOWN),
    ],
)  # fmt: skip
def test_grades(relative: float, expected: verdict.Grade):
    assert verdict.grade(relative) is expected


def model_with(**rows: tuple[float, float, float]) -> ModelReport:
    table = pd.DataFrame(
        [(metric, "selected genes", *numbers) for metric, numbers in rows.items()],
        columns=["metric", "space", "value", "ceiling", "floor"],
    )
    # A better score in another space must not count.
    other = table.assign(space="named genes", value=table["ceiling"])
    return ModelReport("m", {}, {}, {}, pd.concat([other, table]), {}, None)


def test_a_model_as_good_as_its_ceiling_is_usable():
    judged = verdict.verdicts(model_with(gamma_distances=(0.9, 0.9, 0.0), wasserstein=(0.2, 0.2, 0.8)))
    assert [item.grade for item in judged] == [verdict.USABLE, verdict.USABLE]
    assert verdict.conclusion([judged]) == (
        "Judged by fidelity, the model is usable for co-expression and usable for single genes."
    )


def test_a_model_at_its_floor_is_not_usable():
    judged = verdict.verdicts(model_with(gamma_distances=(0.0, 0.9, 0.0), wasserstein=(0.8, 0.2, 0.8)))
    assert [item.grade for item in judged] == [verdict.UNUSABLE, verdict.UNUSABLE]


def test_a_missing_ceiling_or_metric_cannot_be_told():
    judged = verdict.verdicts(model_with(gamma_distances=(0.9, np.nan, 0.0)))
    assert [item.grade for item in judged] == [verdict.UNKNOWN, verdict.UNKNOWN]


def test_several_models_are_counted():
    good = verdict.verdicts(model_with(gamma_distances=(0.9, 0.9, 0.0), wasserstein=(0.2, 0.2, 0.8)))
    poor = verdict.verdicts(model_with(gamma_distances=(0.9, 0.9, 0.0), wasserstein=(0.8, 0.2, 0.8)))
    assert verdict.conclusion([good, poor]) == (
        "Usable, judged by fidelity: 2 of 2 models for co-expression, 1 of 2 models for single genes."
    )


def test_grades_differ_in_words_and_marks_not_by_colour_alone():
    judged = [verdict.USABLE, verdict.CARE, verdict.UNUSABLE, verdict.UNKNOWN]
    assert len({grade.words for grade in judged}) == len({grade.mark for grade in judged}) == 4
