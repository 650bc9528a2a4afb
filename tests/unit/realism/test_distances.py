import numpy as np
import pytest
from scipy.spatial.distance import cdist

from syncohort.realism.distances import euclidean, mean_between_others

RNG = np.random.default_rng(0)


@pytest.mark.parametrize(("kind", "tolerance"), [("float64", 1e-9), ("float32", 2e-3)])
def test_distances_are_those_of_scipy(kind, tolerance):
    first, second = RNG.normal(size=(13, 40)).astype(kind), RNG.normal(size=(7, 40)).astype(kind)
    found = euclidean(first, second)
    assert found.dtype == kind
    np.testing.assert_allclose(found, cdist(first, second), atol=tolerance)


def test_a_sample_has_no_distance_to_itself():
    values = (1000 + RNG.normal(size=(9, 5))).astype(np.float32)
    assert (np.diag(euclidean(values, values)) == 0).all()


def test_a_copy_is_near_in_single_precision():
    values = RNG.normal(size=(5, 18000)).astype(np.float32)
    assert np.diag(euclidean(values, values.copy())).max() < 3e-3 * np.linalg.norm(values, axis=1).min()


def test_the_mean_leaves_out_the_diagonal():
    assert mean_between_others(np.array([[9.0, 1, 2], [1, 9, 3], [2, 3, 9]])) == 2
