from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from syncohort.expression import rank_tests
from syncohort.expression.rank_tests import rank_sum, signed_rank

GOLDEN = Path(__file__).parents[2] / "golden"


def numbers(text: str) -> np.ndarray:
    return np.array(text.split(","), dtype=float)


@pytest.mark.parametrize("pairs", [6, 13, 20, 49, 51, 72, 300])
def test_signed_rank_agrees_with_r(pairs):
    golden = pd.read_csv(GOLDEN / "signed_rank.tsv", sep="\t")
    differences = [numbers(text) for text in golden["differences"]]
    golden = golden[[len(values) == pairs for values in differences]]
    statistic, p_value = signed_rank(np.array([values for values in differences if len(values) == pairs]))
    # R gives the sum of the positive ranks, SciPy the smaller of the two sums.
    total = golden["ranked"] * (golden["ranked"] + 1) / 2
    np.testing.assert_array_equal(statistic, np.minimum(golden["statistic"], total - golden["statistic"]))
    np.testing.assert_allclose(p_value, golden["p_value"], rtol=1e-10)


def test_rank_sum_agrees_with_r():
    golden = pd.read_csv(GOLDEN / "rank_sum.tsv", sep="\t")
    tumour, normal = golden["tumour"].map(numbers), golden["normal"].map(numbers)
    sizes = pd.Series(list(zip(tumour.map(len), normal.map(len), strict=True)))
    assert sizes.nunique() == 8
    for _, rows in golden.groupby(sizes):
        statistic, p_value = rank_sum(np.stack(tumour[rows.index]), np.stack(normal[rows.index]))
        np.testing.assert_array_equal(statistic, rows["statistic"])
        np.testing.assert_allclose(p_value, rows["p_value"], rtol=1e-10)


# SciPy takes up to a second for the flips of one gene with 13 pairs, so those sizes have a test of their own.
@settings(max_examples=60, deadline=None)
@given(st.data(), st.sampled_from([1, 2, 4, 6, 14, 30, 50, 51]), st.integers(1, 8), st.sampled_from([3, 20, 10_000]))
def test_signed_rank_equals_scipy_gene_by_gene(data, pairs, genes, largest):
    differences = data.draw(arrays(float, (genes, pairs), elements=st.integers(-largest, largest).map(float)))
    differences[differences.any(axis=1) == 0, 0] = 1
    expected = [stats.wilcoxon(gene, correction=True, method="auto") for gene in differences]
    statistic, p_value = signed_rank(differences)
    np.testing.assert_array_equal(statistic, [result.statistic for result in expected])
    np.testing.assert_array_equal(p_value, [result.pvalue for result in expected])


@pytest.mark.parametrize("pairs", [13, 14])
def test_ties_and_zeros_of_small_cohorts_are_as_in_scipy(pairs):
    differences = np.arange(pairs) - 2.0
    expected = stats.wilcoxon(differences, correction=True, method="auto")
    assert signed_rank(differences[None]) == (expected.statistic, expected.pvalue)


def test_flips_by_hand():
    # Ranks 1.5, 1.5, 3 and a zero: of the sums 0, 1.5, 1.5, 3, 3, 4.5, 4.5, 6 of positive ranks three are at most 1.5.
    assert signed_rank(np.array([[1.0, -1.0, -2.0, 0.0]])) == (1.5, 0.75)


def test_one_tie_does_not_change_other_genes():
    rng = np.random.default_rng(0)
    differences = rng.normal(0.5, 1, (5, 30))
    alone = signed_rank(differences)[1]
    differences[4, 1] = differences[4, 0]
    np.testing.assert_array_equal(signed_rank(differences)[1][:4], alone[:4])
    # What the grouping is for: SciPy itself leaves the exact test for all five.
    assert (stats.wilcoxon(differences, axis=1, correction=True).pvalue[:4] != alone[:4]).all()


@pytest.mark.parametrize("pairs", [6, 13, 14, 60])
def test_no_difference_at_all_has_p_one(pairs):
    statistic, p_value = signed_rank(np.vstack([np.zeros(pairs), np.arange(1, pairs + 1)]))
    assert (statistic[0], p_value[0]) == (0, 1)
    assert p_value[1] < 0.05


def test_equal_values_in_both_groups_have_p_one():
    assert rank_sum(np.full((1, 9), 2.0), np.full((1, 70), 2.0))[1] == [1]


def test_blocks_do_not_change_the_result(monkeypatch):
    rng = np.random.default_rng(1)
    differences = rng.integers(-9, 12, (12, 6)).astype(float)
    tumour, normal = rng.normal(size=(2, 12, 11))
    whole = *signed_rank(differences), *rank_sum(tumour, normal)
    monkeypatch.setattr(rank_tests, "BLOCK", 50)
    np.testing.assert_array_equal((*signed_rank(differences), *rank_sum(tumour, normal)), whole)


def test_float32_values_are_not_ranked_in_float32():
    # U and its p-value (5e-70) would lose their digits, and p its order of magnitude, in single precision.
    tumour, normal = np.arange(200, 400, dtype=np.float32)[None], np.arange(200, dtype=np.float32)[None]
    expected = stats.mannwhitneyu(np.arange(200.0, 400), np.arange(200.0), method="asymptotic")
    assert rank_sum(tumour, normal) == (expected.statistic, expected.pvalue)
    assert 0 < expected.pvalue < 1e-60
