import numpy as np
import pandas as pd
import pytest

from syncohort.report.expression import verdict
from syncohort.report.expression.contents import ModelReport

HIGHER, LOWER, NEAR_ONE = "gamma_distances", "wasserstein", "correlation_strength"


@pytest.mark.parametrize(
    ("metric", "value", "ceilings", "expected"),
    [
        (HIGHER, 0.90, [], verdict.USABLE),
        (HIGHER, 0.86, [], verdict.USABLE),  # relative 0.95
        (HIGHER, 0.85, [], verdict.CARE),
        (HIGHER, 0.80, [0.7, 0.9, 1.1], verdict.USABLE),  # the interval reaches down to 0.40
        (HIGHER, 0.52, [0.7, 0.9, 1.1], verdict.USABLE),
        (HIGHER, 0.48, [0.7, 0.9, 1.1], verdict.UNUSABLE),  # and yet nearer to the floor
        (HIGHER, 0.80, [0.89, 0.90, 0.91], verdict.CARE),
        (HIGHER, 0.80, [0.90], verdict.CARE),
        (HIGHER, 0.80, [0.7, np.nan], verdict.CARE),
        (HIGHER, 1.20, [0.89, 0.90, 0.91], verdict.USABLE),
        (HIGHER, np.nan, [0.9, 0.9], verdict.UNKNOWN),
    ],
)
def test_grades(metric: str, value: float, ceilings: list[float], expected: verdict.Grade):
    assert verdict.grade(metric, value, 0.9, 0.1, ceilings) is expected


def test_the_worse_end_of_the_ceiling_counts():
    ceilings = [0.15, 0.2, 0.25]  # 0.2 ± 0.124
    assert verdict.grade(LOWER, 0.32, 0.2, 0.8, ceilings) is verdict.USABLE
    assert verdict.grade(LOWER, 0.34, 0.2, 0.8, ceilings) is verdict.CARE
    assert verdict.grade(NEAR_ONE, 1.05, 1.0, 0.2, [0.9, 1.0, 1.1]) is verdict.USABLE
    assert verdict.grade(NEAR_ONE, 1.3, 1.0, 0.2, [0.99, 1.0, 1.01]) is verdict.CARE
    assert verdict.grade(NEAR_ONE, 1.5, 1.0, 0.2, [0.99, 1.0, 1.01]) is verdict.UNUSABLE


def test_repeats_widen_the_interval_of_the_ceiling():
    ceilings = [0.85, 0.9, 0.95, 0.9]  # ± 0.065 as four folds, ± 0.13 as one that was dealt four times
    assert verdict.grade(HIGHER, 0.82, 0.9, 0.1, ceilings) is verdict.CARE
    assert verdict.grade(HIGHER, 0.82, 0.9, 0.1, ceilings, repeats=4) is verdict.USABLE


def test_nothing_is_said_where_the_controls_say_nothing():
    assert verdict.grade(HIGHER, 0.5, 0.4, 0.6) is verdict.UNKNOWN
    assert verdict.grade(LOWER, 0.5, 0.5, 0.5) is verdict.UNKNOWN


def model_with(**rows: tuple[float, float, float]) -> ModelReport:
    spaces = {metric: space for use in verdict.USES for metric, space in use.metrics.items()}
    table = pd.DataFrame(
        [(metric, spaces[metric], *numbers) for metric, numbers in rows.items()],
        columns=["metric", "space", "value", "ceiling", "floor"],
    )
    # A better score in another space must not count.
    other = table.assign(space="named genes", value=table["ceiling"])
    scores = pd.concat([other, table])
    return ModelReport("m", {}, {}, {"fold0": scores}, scores, pd.DataFrame(), pd.DataFrame(), {}, None, 1)


GOOD, FAIR, POOR = (0.9, 0.9, 0.1), (0.7, 0.9, 0.1), (0.1, 0.9, 0.1)
BEST = {metric: GOOD for use in verdict.USES[:-1] for metric in use.metrics} | {
    "wasserstein": (0.2, 0.2, 0.8), "correlation_strength": (1.0, 1.0, 0.2),
    "membership_distance": (0.5, 0.5, 1.0), "membership_density": (0.5, 0.5, 1.0),
    "near_duplicates": (0.0, 0.0, 1.0), "singling_out": (0.0, 0.0, 0.5),
}  # fmt: skip


def by_use(**changes: tuple[float, float, float]) -> dict[str, verdict.Verdict]:
    return {item.use.name: item for item in verdict.verdicts(model_with(**BEST | changes))}


def test_a_model_as_good_as_its_ceiling_is_usable():
    judged = verdict.verdicts(model_with(**BEST))
    assert {item.grade for item in judged} == {verdict.USABLE}
    assert verdict.conclusion([judged]) == (
        "The model is usable for co-expression, usable for single genes, usable for whole samples, usable for "
        "differential expression and usable for training classifiers; attacks on its samples: no leak found."
    )


def test_a_model_at_its_floor_is_not_usable_and_leaks():
    worst = {metric: (floor, ceiling, floor) for metric, (_, ceiling, floor) in BEST.items()}
    judged = verdict.verdicts(model_with(**worst))
    assert {item.grade for item in judged} == {verdict.UNUSABLE}
    assert judged[-1].words == "leaks"


def test_a_use_is_as_good_as_the_worst_of_its_metrics():
    judged = by_use(recall=FAIR, precision=POOR)
    assert judged["whole samples"].grade is verdict.UNUSABLE
    assert judged["whole samples"].metric.name == "precision"
    assert judged["co-expression"].grade is verdict.USABLE
    judged = by_use(recall=FAIR)
    assert (judged["whole samples"].grade, judged["whole samples"].metric.name) == (verdict.CARE, "recall")


def test_one_attack_that_succeeds_is_a_leak():
    judged = verdict.verdicts(model_with(**BEST | {"membership_density": (0.7, 0.5, 1.0)}))[-1]
    assert (judged.grade, judged.words) == (verdict.CARE, "leaks a little")
    assert judged.metric.name == "membership_density"


def test_a_metric_that_cannot_be_told_counts_only_when_none_can():
    unknown = (np.nan, 0.9, 0.1)
    judged = by_use(recall=unknown, tstr=unknown)
    assert judged["whole samples"].grade is verdict.USABLE
    assert judged["training classifiers"].grade is verdict.UNKNOWN
    assert {item.grade for item in verdict.verdicts(model_with())} == {verdict.UNKNOWN}


def test_several_models_are_counted():
    good = verdict.verdicts(model_with(**BEST))
    poor = verdict.verdicts(model_with(**BEST | {"wasserstein": (0.8, 0.2, 0.8), "singling_out": (0.4, 0.0, 0.5)}))
    assert verdict.conclusion([good, poor]) == (
        "Models that are usable: 2 of 2 for co-expression, 1 of 2 for single genes, 2 of 2 for whole samples, 2 of 2 "
        "for differential expression and 2 of 2 for training classifiers; attacks found a leak of training patients "
        "in 1 of 2."
    )


def test_grades_differ_in_words_and_marks_not_by_colour_alone():
    judged = [verdict.USABLE, verdict.CARE, verdict.UNUSABLE, verdict.UNKNOWN]
    assert len({grade.words for grade in judged}) == len({grade.mark for grade in judged}) == 4
