import numpy as np
import pytest
from scipy.spatial.distance import cdist
from sklearn.metrics.pairwise import rbf_kernel

from syncohort.realism import kernels
from syncohort.realism.kernels import BANDWIDTHS, maximum_mean_discrepancy, median_distance


def mmd(real: np.ndarray, other: np.ndarray) -> float:
    within = cdist(real, real)
    return maximum_mean_discrepancy(within, cdist(other, other), cdist(real, other), median_distance(within))


def test_shifted_normal_samples_have_the_closed_form():
    rng = np.random.default_rng(0)
    found, expected = [], []
    for _ in range(20):
        real, other = rng.normal(size=(300, 1)), rng.normal(1.0, 1.0, size=(300, 1))
        found.append(mmd(real, other))
        sigma = np.array(BANDWIDTHS) * median_distance(cdist(real, real))
        # E k(x, z) of normal samples with variance 1 and means a distance of 1 apart.
        expected.append(2 * np.sqrt(sigma**2 / (sigma**2 + 2)) * (1 - np.exp(-1 / (2 * (sigma**2 + 2)))))
    assert np.mean(found) == pytest.approx(np.mean(expected), rel=0.05)


def test_the_sum_is_that_of_scikit_learn(monkeypatch):
    monkeypatch.setattr(kernels, "BLOCK", 4)
    rng = np.random.default_rng(1)
    real, other = rng.normal(size=(11, 3)), rng.normal(size=(9, 3)) + 0.4
    median, expected = np.median(cdist(real, real)[np.triu_indices(11, 1)]), []
    for width in BANDWIDTHS:
        gamma = 1 / (2 * (width * median) ** 2)
        xx, zz, xz = (rbf_kernel(a, b, gamma=gamma) for a, b in ((real, real), (other, other), (real, other)))
        expected.append((xx.sum() - 11) / 110 + (zz.sum() - 9) / 72 - 2 * xz.mean())
    assert mmd(real, other) == pytest.approx(np.mean(expected))


def test_samples_of_one_population_are_at_zero_on_average():
    rng = np.random.default_rng(2)
    found = [mmd(rng.normal(size=(20, 4)), rng.normal(size=(20, 4))) for _ in range(200)]
    assert np.mean(found) == pytest.approx(0, abs=3 * np.std(found) / np.sqrt(200))
    assert min(found) < 0


def test_without_variation_it_is_not_defined():
    assert np.isnan(mmd(np.ones((5, 2)), np.random.default_rng(0).normal(size=(5, 2))))
