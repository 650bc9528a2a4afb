"""Distance correlation on cases with known answers, and its permutation null."""

from itertools import permutations

import numpy as np
import pytest

from syncohort.realism.dependence import centre, distance_correlation, separate
from syncohort.realism.distances import euclidean


def by_definition(distances):
    """Székely and Rizzo 2014, definition 2, entry by entry."""
    n = len(distances)
    found = np.zeros((n, n))
    for i, j in permutations(range(n), 2):
        row, column = sum(distances[i]) / (n - 2), sum(distances[:, j]) / (n - 2)
        found[i, j] = distances[i, j] - row - column + distances.sum() / ((n - 1) * (n - 2))
    return found


def test_centring_by_definition():
    distances = euclidean(*[np.random.default_rng(0).normal(size=(7, 3))] * 2)
    np.testing.assert_allclose(centre(distances), by_definition(distances), atol=1e-12)
    np.testing.assert_allclose(centre(distances).sum(axis=1), 0, atol=1e-12)


def test_four_points_by_hand():
    # Of 0, 1, 2, 3 the rows of |i − j| add up to 6, 4, 4, 6, all to 20; n − 2 = 2 and (n − 1)(n − 2) = 6. So the first
    # two points have 1 − 6/2 − 4/2 + 20/6 = −2/3, the first and the third 2 − 6/2 − 4/2 + 20/6 = 1/3.
    line = np.abs(np.subtract.outer(np.arange(4.0), np.arange(4.0)))
    expected = np.array([[0, -2, 1, 1], [-2, 0, 1, 1], [1, 1, 0, -2], [1, 1, -2, 0]]) / 3
    np.testing.assert_allclose(centre(line), expected, atol=1e-12)
    # Labels a, a, b, b are centred to the same: 0 − 2/2 − 2/2 + 8/6 = −2/3 within, 1 − 2/2 − 2/2 + 8/6 = 1/3 between.
    halves = 1.0 - np.kron(np.eye(2), np.ones((2, 2)))
    assert distance_correlation(line, halves) == pytest.approx(1)
    # Labels a, b, a, b: of the six pairs four give −2/3 · 1/3 and two 1/3 · 1/3, −6/9; squares add up to 12/9.
    alternating = 1.0 - np.kron(np.ones((2, 2)), np.eye(2))
    assert distance_correlation(line, alternating) == pytest.approx(-0.5)


def test_a_rotated_and_scaled_space_is_the_same():
    rng = np.random.default_rng(1)
    values = rng.normal(size=(30, 5))
    turned = 3 * values @ np.linalg.qr(rng.normal(size=(5, 5)))[0] + 7
    spaces = [euclidean(part, part) for part in (values, turned)]
    assert distance_correlation(*spaces) == pytest.approx(1)


def test_independent_spaces_of_many_dimensions_score_nothing():
    rng = np.random.default_rng(2)
    found = []
    for _ in range(200):
        space, variable = rng.normal(size=(12, 500)), rng.normal(size=(12, 1))
        found.append(distance_correlation(euclidean(space, space), euclidean(variable, variable)))
    # Without the correction it is near 1 where dimensions are many and samples few.
    assert abs(np.mean(found)) < 3 * np.std(found) / np.sqrt(200)


def test_what_separates_is_told_from_what_does_not():
    rng = np.random.default_rng(3)
    trait = rng.normal(size=(40, 1))
    space = np.concatenate([trait, 0.3 * rng.normal(size=(40, 10))], axis=1)
    distances = euclidean(space, space)
    told = separate(distances, np.abs(trait - trait.T), 199, rng)
    assert told.score > 0.3 > told.null_high
    assert told.p_value == pytest.approx(1 / 200)
    other = rng.normal(size=(40, 1))
    assert separate(distances, np.abs(other - other.T), 199, rng).p_value > 0.05


def test_few_samples_are_permuted_exactly():
    rng = np.random.default_rng(5)
    one, other = (euclidean(*[rng.normal(size=(5, 2))] * 2) for _ in range(2))
    orders = [list(order) for order in permutations(range(5))]
    scores = [distance_correlation(one, other[np.ix_(order, order)]) for order in orders]
    exact = np.mean(np.array(scores) >= scores[0] - 1e-12)
    assert separate(one, other, 120, rng).p_value == pytest.approx(exact)


def test_p_values_are_uniform_where_nothing_separates():
    rng = np.random.default_rng(4)
    found = []
    for _ in range(200):
        space, label = rng.normal(size=(14, 20)), rng.integers(0, 2, 14)
        found.append(separate(euclidean(space, space), 1.0 * (label[:, None] != label), 99, rng).p_value)
    assert np.mean(np.array(found) <= 0.05) < 0.05 + 3 * np.sqrt(0.05 * 0.95 / 200)


@pytest.mark.parametrize("number", [0, 1, 3, 6], ids=["none", "one", "three", "all alike"])
def test_what_is_not_defined_is_empty(number):
    distances = np.ones((number, number)) - np.eye(number)
    found = separate(distances, distances, 19, np.random.default_rng(0))
    assert np.isnan([found.score, found.null_high, found.p_value]).all()
