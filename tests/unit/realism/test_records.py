import numpy as np
import pytest

from syncohort.realism import records
from syncohort.realism.records import (
    closest_record_ratio,
    near_duplicates,
    nearest_two,
    neighbour_distance_ratio,
    singling_out_risk,
)

RNG = np.random.default_rng(0)


def distances(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    return np.linalg.norm(first[:, None] - second, axis=2)


MEMBERS, OTHERS = RNG.normal(size=(100, 6)), RNG.normal(size=(100, 6))
PATIENTS = np.arange(100)
STRANGERS = RNG.normal(size=(300, 6))
COPIES = MEMBERS[RNG.integers(100, size=300)]


def test_nearest_two_by_hand():
    found = nearest_two(np.array([[1.0, 9], [2, 3], [4, 5]]), np.array(["a", "a", "b"]))
    assert [each.tolist() for each in found] == [[1, 3], [4, 5]]


def test_strangers_are_as_near_to_members_as_to_others():
    members, others = distances(MEMBERS, STRANGERS), distances(OTHERS, STRANGERS)
    assert closest_record_ratio(members, others) == pytest.approx(1, abs=0.15)
    assert neighbour_distance_ratio(members, others, PATIENTS, PATIENTS) == pytest.approx(1, abs=0.15)
    assert near_duplicates(members, PATIENTS) < 0.05


def test_copies_are_at_members():
    members, others = distances(MEMBERS, COPIES), distances(OTHERS, COPIES)
    assert closest_record_ratio(members, others) == 0
    assert neighbour_distance_ratio(members, others, PATIENTS, PATIENTS) == 0
    assert near_duplicates(members, PATIENTS) == 1


def test_a_tenth_of_copies_is_seen():
    mixed = np.concatenate([STRANGERS[:270], COPIES[:30]])
    members, others = distances(MEMBERS, mixed), distances(OTHERS, mixed)
    assert closest_record_ratio(members, others) == 0
    assert near_duplicates(members, PATIENTS) > 0.09


def test_shrunk_variance_is_no_copying():
    people, shrunk = RNG.normal(size=(200, 60)), 0.1 * RNG.normal(size=(300, 60))
    members, others = distances(people[:100], shrunk), distances(people[100:], shrunk)
    assert closest_record_ratio(members, others) == pytest.approx(1, abs=0.2)
    assert near_duplicates(members, PATIENTS) < 0.01


def test_two_samples_of_one_patient_do_not_hide_that_they_are_copied():
    twice = np.concatenate([MEMBERS, MEMBERS + 1e-3])
    assert near_duplicates(distances(twice, COPIES), np.tile(PATIENTS, 2)) == 1


def test_singling_out_finds_copies_and_nobody_else():
    def draws(synthetic: np.ndarray) -> list[float]:
        return [singling_out_risk(synthetic, MEMBERS, OTHERS, np.random.default_rng(seed)) for seed in range(5)]

    assert np.mean(draws(COPIES)) > 0.5
    assert np.mean(draws(STRANGERS)) == pytest.approx(0, abs=0.06)


def test_singling_out_needs_three_genes_and_a_distinct_sample():
    rng = np.random.default_rng(0)
    assert np.isnan(singling_out_risk(MEMBERS[:, :2], MEMBERS[:, :2], OTHERS[:, :2], rng))
    assert records.singling_out_risk(np.repeat(MEMBERS[:1], 9, axis=0), MEMBERS, OTHERS, rng) <= 1
