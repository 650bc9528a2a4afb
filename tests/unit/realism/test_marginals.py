"""Distributions of genes against SciPy, gene by gene, and against hand-worked values."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import ks_2samp, wasserstein_distance

from syncohort.realism import marginals
from syncohort.realism.marginals import ks_similarity, variance_ratio, wasserstein


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 20), st.integers(2, 20), st.booleans(), st.integers(0, 2**32))
def test_every_gene_is_as_scipy_has_it(samples, others, tied, seed):
    rng = np.random.default_rng(seed)
    real, other = rng.normal(size=(samples, 4)), rng.normal(0.3, 2, size=(others, 4))
    if tied:
        real, other = np.round(real), np.round(other)
    statistic = [ks_2samp(real[:, gene], other[:, gene], method="asymp").statistic for gene in range(4)]
    distance = [wasserstein_distance(real[:, gene], other[:, gene]) for gene in range(4)]
    np.testing.assert_allclose(ks_similarity(real, other), 1 - np.array(statistic), atol=1e-12)
    np.testing.assert_allclose(wasserstein(real, other), distance, atol=1e-12)


def test_worked_by_hand():
    real, other = np.array([[0.0], [1], [2]]), np.array([[1.0], [1], [5]])
    assert wasserstein(real, other) == pytest.approx([(1 + 0 + 3) / 3])
    assert ks_similarity(real, other) == pytest.approx([1 - 1 / 3])


def test_the_same_values_in_another_order_are_exactly_equal():
    rng = np.random.default_rng(0)
    real = rng.normal(size=(31, 7)).astype(np.float32)
    other = rng.permuted(real, axis=0)
    np.testing.assert_array_equal(wasserstein(real, other), 0)
    np.testing.assert_array_equal(ks_similarity(real, other), 1)


def test_a_shift_is_the_distance():
    real = np.random.default_rng(0).normal(size=(40, 3))
    np.testing.assert_allclose(wasserstein(real, real + np.array([0.5, -2, 9])), [0.5, 2, 9])


def test_sets_apart_have_no_similarity():
    np.testing.assert_array_equal(ks_similarity(np.zeros((4, 2)), np.ones((3, 2))), 0)


def test_variance_ratio_is_a_median_over_the_genes_that_vary():
    rng = np.random.default_rng(0)
    real = rng.normal(size=(30, 4))
    real[:, 3] = 1
    assert variance_ratio(real, real * [0.5, 2, 1, 1]) == pytest.approx(1)
    assert variance_ratio(real, 0.5 * real) == pytest.approx(0.25)
    assert variance_ratio(real, np.zeros_like(real)) == 0
    assert np.isnan(variance_ratio(np.ones((5, 2)), real[:5, :2]))


def test_zeros_that_are_lost_are_seen():
    rng = np.random.default_rng(1)
    real = rng.gamma(4, 1, size=(1000, 3)) * (rng.random((1000, 3)) > 0.4)
    without = np.where(real == 0, rng.uniform(0, 0.5, real.shape), real)
    # The share of zeros is a step of the one distribution function, which the other has not taken yet.
    assert ks_similarity(real, without) == pytest.approx(1 - (real == 0).mean(axis=0), abs=0.03)


def test_blocks_of_genes_change_nothing(monkeypatch):
    rng = np.random.default_rng(2)
    real, other = rng.normal(size=(20, 11)), rng.normal(size=(15, 11))
    whole = wasserstein(real, other), ks_similarity(real, other)
    monkeypatch.setattr(marginals, "BLOCK", 70)
    np.testing.assert_array_equal(whole, (wasserstein(real, other), ks_similarity(real, other)))
