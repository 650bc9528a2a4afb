"""Ceiling draws keep the composition; trivial generators lose what they are meant to lose."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncohort.realism.controls import (
    collapsed,
    exaggerated,
    exchanged_genes,
    matched_subset,
    permuted_genes,
    shifted,
)


@given(st.lists(st.sampled_from("ab"), min_size=1, max_size=12), st.integers(0, 2**32))
def test_a_subset_has_the_groups_wanted_and_no_sample_twice(wanted, seed):
    available = np.array(["a"] * 12 + ["b"] * 12 + ["c"] * 5)
    drawn = matched_subset(available, wanted, np.random.default_rng(seed))
    np.testing.assert_array_equal(available[drawn], wanted)
    assert len(set(drawn)) == len(wanted)


def test_draws_differ_and_are_reproducible():
    groups, wanted = ["a"] * 30, ["a"] * 6
    first, again = (matched_subset(groups, wanted, np.random.default_rng(1)) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    assert set(first) != set(matched_subset(groups, wanted, np.random.default_rng(2)))


def test_a_small_group_is_drawn_twice_from_and_a_missing_one_replaced():
    drawn = matched_subset(["a", "a", "b"], ["b", "b", "c"], np.random.default_rng(0))
    np.testing.assert_array_equal(drawn[:2], [2, 2])
    assert drawn[2] in (0, 1, 2)


def test_permuted_genes_keep_distributions_and_lose_correlations():
    factor = np.random.default_rng(0).normal(size=(400, 1))
    values = np.hstack([factor, 2 * factor])
    permuted = permuted_genes(values, np.random.default_rng(1))
    np.testing.assert_array_equal(np.sort(permuted, axis=0), np.sort(values, axis=0))
    assert abs(np.corrcoef(permuted.T)[0, 1]) < 0.15


def test_collapsed_samples_are_all_the_mean():
    values = np.array([[0.0, 4], [2, 8]])
    found = collapsed(values, np.random.default_rng(0))
    assert found == pytest.approx(np.array([[1.0, 6], [1, 6]]))


def test_exchanged_genes_keep_the_correlations_of_other_genes():
    values = np.random.default_rng(0).normal(size=(6, 30))
    found = exchanged_genes(values, np.random.default_rng(1))
    assert sorted(map(tuple, found.T)) == sorted(map(tuple, values.T))
    assert not np.array_equal(found, values)


def test_exaggerated_samples_are_twice_as_far_from_the_mean():
    values = np.array([[0.0, 4], [2, 8]])
    assert exaggerated(values, np.random.default_rng(0)) == pytest.approx(np.array([[-1.0, 2], [3, 10]]))


def test_shifted_samples_are_a_standard_deviation_higher():
    values = np.array([[0.0, 4], [2, 8]])
    assert shifted(values, np.random.default_rng(0)) == pytest.approx(np.array([[1.0, 6], [3, 10]]))
