import numpy as np
import pytest
from scipy.linalg import sqrtm

from syncohort.realism.frechet import frechet_distance


def standard(seed: int, dimensions: int) -> np.ndarray:
    """Samples whose mean is 0 and whose covariance is the identity, exactly."""
    values = np.random.default_rng(seed).normal(size=(50, dimensions))
    values -= values.mean(axis=0)
    return values @ np.linalg.inv(np.linalg.cholesky(np.cov(values.T).reshape(dimensions, dimensions))).T


def test_two_normal_distributions_of_one_dimension():
    # (μ − μ')² + (σ − σ')²
    assert frechet_distance(3 + 2 * standard(0, 1), 1 + 5 * standard(1, 1)) == pytest.approx(4 + 9)


def test_two_normal_distributions_along_the_same_axes():
    real, other = standard(0, 3) * [1, 2, 3], standard(1, 3) * [2, 2, 1] + [0, 0, 1]
    assert frechet_distance(real, other) == pytest.approx(1 + 0 + 4 + 1)


def test_two_normal_distributions_along_different_axes():
    rng = np.random.default_rng(3)
    real, other = (rng.normal(size=(40, 6)) @ rng.normal(size=(6, 6)) for _ in range(2))
    covariances = np.cov(real.T), np.cov(other.T)
    shift = np.square(real.mean(axis=0) - other.mean(axis=0)).sum()
    expected = shift + np.trace(covariances[0] + covariances[1] - 2 * sqrtm(covariances[0] @ covariances[1]).real)
    assert frechet_distance(real, other) == pytest.approx(expected, rel=1e-8)


def test_identical_samples_are_at_zero_even_when_few():
    few = np.random.default_rng(4).normal(size=(6, 20))
    assert frechet_distance(few, few) == pytest.approx(0, abs=1e-6)


def test_fewer_samples_than_dimensions_inflate_it():
    rng = np.random.default_rng(5)
    few, many = (frechet_distance(rng.normal(size=(n, 20)), rng.normal(size=(n, 20))) for n in (15, 4000))
    assert few > 50 * many


def test_shifted_means():
    values = standard(0, 4)
    assert frechet_distance(values, values + 2) == pytest.approx(16)


def test_collapsed_samples_are_at_the_whole_variance():
    assert frechet_distance(standard(0, 4), np.zeros((50, 4))) == pytest.approx(4)
