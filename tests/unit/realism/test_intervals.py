"""Intervals against a value from the t table."""

import numpy as np
import pytest

from syncohort.realism.intervals import bootstrap_interval, mean_interval


def test_worked_by_hand():
    # Mean 3, standard deviation √2.5, five values: t(0.975, 4) = 2.776445.
    margin = 2.776445 * np.sqrt(2.5 / 5)
    assert mean_interval([1, 2, 3, 4, 5]) == pytest.approx((3, 3 - margin, 3 + margin), abs=1e-5)


def test_missing_values_are_left_out():
    assert mean_interval([1, np.nan, 3]) == mean_interval([1, 3])


@pytest.mark.parametrize(("values", "mean"), [([2.0], 2.0), ([], np.nan), ([np.nan], np.nan)])
def test_fewer_than_two_values_have_no_interval(values, mean):
    assert mean_interval(values) == pytest.approx((mean, np.nan, np.nan), nan_ok=True)


def test_it_covers_the_mean_as_often_as_it_says():
    rng = np.random.default_rng(0)
    intervals = [mean_interval(rng.normal(7, 2, size=5), confidence=0.8) for _ in range(2000)]
    covered = np.mean([low <= 7 <= high for _, low, high in intervals])
    assert covered == pytest.approx(0.8, abs=0.03)


def test_repeats_make_the_spread_better_known_but_no_more_patients():
    # By hand: of 1, 2, 3, 4 the mean is 2.5 and s = 1.290994; t(3) = 3.182446. Two repeats of two folds each are two
    # patients' worth: ± 3.182446 · 1.290994 / √2.
    assert mean_interval([1, 2, 3, 4], repeats=2) == pytest.approx((2.5, 2.5 - 2.905161, 2.5 + 2.905161), abs=1e-5)


def test_the_bootstrap_agrees_with_the_normal_interval_of_many_values():
    values = np.random.default_rng(1).normal(7, 2, size=400)
    mean, low, high = bootstrap_interval(values, np.random.default_rng(2))
    margin = 1.959964 * values.std() / np.sqrt(400)
    assert (mean, low, high) == pytest.approx((values.mean(), mean - margin, mean + margin), abs=0.02)


def test_the_bootstrap_of_equal_differences_has_no_width():
    assert bootstrap_interval([0.5, 0.5, np.nan, 0.5], np.random.default_rng(1)) == (0.5, 0.5, 0.5)


@pytest.mark.parametrize(("values", "mean"), [([2.0], 2.0), ([], np.nan)])
def test_the_bootstrap_of_fewer_than_two_values(values, mean):
    found = bootstrap_interval(values, np.random.default_rng(1))
    assert found == pytest.approx((mean, np.nan, np.nan), nan_ok=True)
