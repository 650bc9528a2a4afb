"""The biology metrics on samples whose biology is known."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from syncohort.expression.biology import (
    BIOLOGICAL,
    concordance,
    covariate_effects,
    covariate_metric,
    differential_expression,
    differential_false_positives,
    differential_recall,
    pearson,
)
from syncohort.realism.controls import exchanged_genes, permuted_genes
from syncohort.realism.metrics import BIOLOGY
from syncohort.realism.samples import SampleSet

GENES, CHANGED = 60, 20
METRIC = {metric.name: metric for metric in BIOLOGICAL}
EFFECTS = np.r_[np.linspace(-3, 3, CHANGED), np.zeros(GENES - CHANGED)]


def draw(seed: int, samples: int = 80, effect: float = 1.0) -> SampleSet:
    """Linear expression of normal and tumour samples; the first 20 genes change."""
    rng = np.random.default_rng(seed)
    tumour, male = np.arange(samples) % 2 == 1, np.arange(samples) // 2 % 2 == 1
    age = rng.normal(60, 10, samples)
    values = 5 + rng.normal(size=(samples, GENES)) + effect * np.outer(tumour, EFFECTS)
    values[:, 30:40] += 2 * male[:, None]
    values[:, 40:50] += (age[:, None] - 60) / 10
    table = pd.DataFrame({"condition": np.where(tumour, "tumour", "normal"), "age": age})
    return SampleSet(2**values, table.assign(sex=np.where(male, "male", "female")))


def score(name: str, real: SampleSet, other: SampleSet) -> float:
    return METRIC[name].function(real, other)


def test_differential_genes_are_those_of_scipy():
    samples = draw(1)
    tumour = (samples.samples["condition"] == "tumour").to_numpy()
    p_values = stats.mannwhitneyu(samples.values[tumour], samples.values[~tumour]).pvalue
    found = differential_expression(samples)
    np.testing.assert_array_equal(found.significant, stats.false_discovery_control(p_values) <= 0.05)
    ratio = samples.values[tumour].mean(axis=0) / samples.values[~tumour].mean(axis=0)
    np.testing.assert_allclose(found.log2_fold_change, np.log2(ratio))


def test_the_same_samples_find_the_same():
    real, again = draw(1), draw(1)
    found = {name: score(name, real, again) for name in METRIC if name != "covariate_effect"}
    expected = dict.fromkeys(found, 1) | {"differential_false_positives": 0}
    assert found == pytest.approx(expected)


def test_other_samples_of_the_population_find_nearly_the_same():
    real, other = draw(1), draw(2)
    assert score("differential_recall", real, other) > 0.8
    assert score("differential_false_positives", real, other) < 0.15
    assert score("fold_change_correlation", real, other) > 0.9


def test_by_hand():
    real, other = draw(1), draw(2)
    found, again = differential_expression(real), differential_expression(other)
    same = np.sign(found.log2_fold_change) == np.sign(again.log2_fold_change)
    assert (
        differential_recall(real, other)
        == (found.significant & again.significant & same).sum() / found.significant.sum()
    )
    wrong = again.significant & ~found.significant
    assert differential_false_positives(real, other) == wrong.sum() / (~found.significant).sum()


def test_a_change_in_the_other_direction_is_not_found_again():
    assert score("differential_recall", draw(1), draw(2, effect=-1)) < 0.1
    assert score("fold_change_correlation", draw(1), draw(2, effect=-1)) < -0.8


def test_attenuated_changes_are_seen_by_concordance_only():
    real, weak = draw(1, 600), draw(2, 600, effect=0.4)
    assert score("fold_change_correlation", real, weak) > 0.9
    assert score("fold_change_concordance", real, weak) < 0.8


def test_permuted_genes_have_no_biology():
    real = draw(1)
    other = draw(2)
    permuted = other.with_values(permuted_genes(other.values, np.random.default_rng(0)))
    assert score("differential_recall", real, permuted) < 0.1
    assert score("fold_change_correlation", real, permuted) == pytest.approx(0, abs=0.3)
    assert covariate_metric("sex").function(real, permuted) == pytest.approx(0, abs=0.3)


def test_exchanged_genes_have_the_biology_of_others():
    real, other = draw(1), draw(2)
    exchanged = other.with_values(exchanged_genes(other.values, np.random.default_rng(0)))
    share = differential_expression(other).significant.mean()
    assert score("differential_recall", real, exchanged) < share + 0.2
    assert score("differential_false_positives", real, exchanged) == pytest.approx(share, abs=0.2)


def test_collapsed_samples_have_no_differential_genes():
    flat = draw(1).with_values(np.full((80, GENES), 3.0))
    assert score("differential_recall", draw(1), flat) == 0
    assert score("differential_false_positives", draw(1), flat) == 0
    assert score("fold_change_correlation", draw(1), flat) == 0


def test_without_one_condition_nothing_is_said():
    tumours = draw(1).take(np.arange(1, 80, 2))
    for name in ("differential_recall", "differential_false_positives", "fold_change_correlation"):
        assert np.isnan(score(name, tumours, tumours))


def test_concordance_by_hand():
    first, second = np.array([1.0, 2, 3]), np.array([2.0, 4, 6])
    # 2 · 4/3 / (2/3 + 8/3 + 4)
    assert concordance(first, second) == pytest.approx((8 / 3) / (22 / 3))
    assert pearson(first, second) == pytest.approx(1)
    assert pearson(first, np.ones(3)) == 0
    assert np.isnan(pearson(np.ones(3), first))


def test_effects_of_numbers_are_slopes_and_of_levels_differences():
    values, age = np.array([[1.0, 5], [2, 5], [3, 5]]), pd.Series([10.0, 20, 30])
    np.testing.assert_allclose(covariate_effects(values, age), [np.sqrt(2 / 3), 0], atol=1e-12)
    tissue = pd.Series(["a", "b", "c"])
    np.testing.assert_allclose(covariate_effects(values, tissue, ["a", "c", "d"]), [-1.5, 0, 1.5, 0, 0, 0])


@pytest.mark.parametrize("covariate", ["sex", "age"])
def test_covariates_with_the_same_effect_agree(covariate):
    logs = [each.with_values(np.log2(each.values)) for each in (draw(1, 200), draw(2, 200))]
    assert covariate_metric(covariate).function(*logs) > 0.8


def test_a_covariate_that_does_not_vary_says_nothing():
    real = draw(1)
    women = SampleSet(real.values, real.samples.assign(sex="female", age=50.0))
    for covariate in ("sex", "age"):
        assert np.isnan(covariate_metric(covariate).function(women, real))
        assert covariate_metric(covariate).function(real, women) == 0


def test_metrics_are_fully_declared():
    assert len({metric.label for metric in BIOLOGICAL}) == len(BIOLOGICAL)
    for metric in BIOLOGICAL:
        assert metric.axis == BIOLOGY
        assert metric.explanation.endswith(".")
        assert "floor" in metric.explanation
