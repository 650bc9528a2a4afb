"""Precision, recall, density and coverage on points of a line, worked by hand."""

import numpy as np
import pytest

from syncohort.realism.neighbours import coverage, density, precision, radii, recall


def distances(first: list[float], second: list[float]) -> np.ndarray:
    return np.abs(np.array(first)[:, None] - np.array(second))


REAL = [0.0, 1, 2, 10]
OTHER = [0.5, 1.5, 30]


def test_radii_reach_to_the_kth_neighbour():
    assert radii(distances(REAL, REAL), k=1) == pytest.approx([1, 1, 1, 8], rel=1e-4)
    assert radii(distances(REAL, REAL), k=2) == pytest.approx([2, 1, 2, 9], rel=1e-4)


def test_more_neighbours_than_samples_are_all_others():
    assert radii(distances(REAL, REAL), k=5) == pytest.approx([10, 9, 8, 10], rel=1e-4)


def test_by_hand():
    between = distances(REAL, OTHER)
    real, other = radii(distances(REAL, REAL), k=1), radii(distances(OTHER, OTHER), k=1)
    # 0.5 lies within 1 of 0 and of 1; 1.5 of 1 and of 2; 30 is 20 from 10, whose ball has 8.
    assert precision(between, real) == pytest.approx(2 / 3)
    # Balls of 0.5 and 1.5 have radius 1 and hold 0, 1 and 2; that of 30 has 28.5 and holds 10.
    assert recall(between, other) == 1
    # The ball of 10 reaches from 2 to 18 and holds none.
    assert coverage(between, real) == pytest.approx(3 / 4)
    assert density(between, real, k=1) == pytest.approx(4 / 3)


def test_identical_samples_fill_each_others_space():
    values = np.random.default_rng(0).normal(size=(60, 8))
    within = np.linalg.norm(values[:, None] - values, axis=2)
    reach = radii(within)
    assert precision(within, reach) == recall(within, reach) == coverage(within, reach) == density(within, reach) == 1


def test_samples_far_away_fill_nothing():
    within = distances(REAL, REAL)
    far = distances(REAL, [value + 1000 for value in REAL])
    assert precision(far, radii(within)) == recall(far, radii(within)) == coverage(far, radii(within)) == 0


def test_a_collapsed_generator_is_precise_dense_and_recalls_nothing():
    values = np.random.default_rng(0).normal(size=(60, 8))
    within = np.linalg.norm(values[:, None] - values, axis=2)
    between = np.repeat(np.linalg.norm(values, axis=1)[:, None], 60, axis=1)
    assert precision(between, radii(within)) == 1
    assert density(between, radii(within)) > 2
    assert recall(between, radii(np.zeros((60, 60)))) == 0
