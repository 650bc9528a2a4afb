"""The energy distance: by hand, against SciPy in one dimension, unbiased, and larger for worse generators."""

import numpy as np
import pytest
from scipy import stats

from syncohort.realism.energy import energy_distance


def test_by_hand():
    # 2 · mean(3, 5, 1, 3) − |0 − 2| − |3 − 5| = 2 · 3 − 2 − 2.
    assert energy_distance(np.array([[0.0], [2.0]]), np.array([[3.0], [5.0]])) == pytest.approx(2.0)


def test_against_scipy_in_one_dimension():
    rng = np.random.default_rng(0)
    real, synthetic = rng.normal(size=(4000, 1)), rng.normal(0.7, 1.5, size=(4000, 1))
    # SciPy gives the square root of the distance, and counts a sample's distance to itself.
    expected = stats.energy_distance(real[:, 0], synthetic[:, 0]) ** 2
    assert energy_distance(real, synthetic) == pytest.approx(expected, rel=0.02)


def test_mean_over_equal_populations_is_zero():
    rng = np.random.default_rng(1)
    found = [energy_distance(rng.normal(size=(10, 5)), rng.normal(size=(20, 5))) for _ in range(400)]
    assert abs(np.mean(found)) < 3 * np.std(found) / np.sqrt(len(found))


@pytest.mark.parametrize("spoil", [lambda values: values + 1, lambda values: 0.3 * values, lambda values: 0 * values])
def test_worse_generators_are_further_away(spoil):
    rng = np.random.default_rng(2)
    real, synthetic = rng.normal(size=(100, 20)), rng.normal(size=(100, 20))
    assert energy_distance(real, spoil(synthetic)) > energy_distance(real, synthetic) + 0.5
