"""Attacks on releases whose privacy is known."""

from functools import cache

import numpy as np
import pandas as pd
import pytest

from syncohort.realism.attack import Population
from syncohort.realism.controls import permuted_genes
from syncohort.realism.metrics import PRIVACY
from syncohort.realism.principal import Projection
from syncohort.realism.privacy import BY_CRITIC, PRIVATE, PrivacyJudge
from syncohort.realism.samples import SampleSet

GENES = 40
LOADINGS = np.random.default_rng(0).normal(size=(5, GENES))


def draw(seed: int, patients: int) -> SampleSet:
    """Two samples of each patient, normal and tumour."""
    rng = np.random.default_rng(seed)
    condition = np.tile(["normal", "tumour"], patients)
    values = rng.normal(size=(2 * patients, 5)) @ LOADINGS + rng.normal(size=(2 * patients, GENES))
    values[condition == "tumour", :8] += 2
    names = np.repeat([f"{seed}-{number}" for number in range(patients)], 2)
    return SampleSet(values, pd.DataFrame({"patient_id": names, "condition": condition, "group": condition}))


TRAIN, TEST = draw(1, 60), draw(2, 20)
RELEASED = 240


@cache
def judge(critic=None) -> PrivacyJudge:
    return PrivacyJudge(Population(TRAIN, TEST, Projection.fit(TRAIN.values), 7, critic), RELEASED)


def table(release: SampleSet, critic=None) -> pd.DataFrame:
    return judge(critic).table(release).set_index("metric")


def copies(noise: float = 0.0) -> SampleSet:
    rng = np.random.default_rng(5)
    copied = TRAIN.take(rng.integers(len(TRAIN), size=RELEASED))
    return copied.with_values(copied.values + noise * rng.normal(size=copied.values.shape))


def test_real_strangers_come_out_as_private():
    found = table(draw(3, RELEASED // 2))
    for metric in judge().metrics:
        assert metric.relative(*found.loc[metric.name, ["value", "ceiling", "floor"]]) > 0.6, metric.name
    assert found.loc["membership_distance", "value"] == pytest.approx(0.5, abs=0.15)


def test_the_ceiling_is_guessing_and_the_floor_knows():
    found = table(copies())
    for name in ("membership_distance", "membership_density"):
        assert found.loc[name, "ceiling"] == pytest.approx(0.5, abs=0.12)
        assert found.loc[name, "floor"] > 0.85
    assert found.loc["closest_record", ["ceiling", "floor"]].tolist() == pytest.approx([1, 0], abs=0.15)
    assert found.loc["near_duplicates", "ceiling"] == pytest.approx(0, abs=0.02)


def test_a_bootstrap_copy_fails_privacy():
    found = table(copies())
    for metric in judge().metrics:
        relative = metric.relative(*found.loc[metric.name, ["value", "ceiling", "floor"]])
        assert relative < 0.25, metric.name


def test_noise_hides_less_than_one_would_think():
    found = table(copies(noise=0.5))
    assert found.loc["membership_distance", "value"] > 0.8
    assert found.loc["membership_density", "value"] > 0.65


def test_permuted_genes_are_private():
    permuted = TRAIN.with_values(permuted_genes(TRAIN.values, np.random.default_rng(0)))
    found = table(permuted.take(np.arange(RELEASED) % len(TRAIN)))
    assert found.loc["membership_distance", "value"] == pytest.approx(0.5, abs=0.15)
    assert found.loc["near_duplicates", "value"] < 0.02


def test_members_and_others_are_as_many_alike_and_different_people():
    population = judge().population
    for attack in [
        *population.attacks(draw(3, 30), 3),
        *population.attacks_on_strangers(50, 3),
        *population.attacks_on_copies(50, 3),
    ]:
        assert len(attack.members.patients) == len(attack.others.patients) == len(TEST)
        assert not set(attack.members.patients) & set(attack.others.patients)
        assert attack.to_members.shape == attack.to_others.shape


def test_strangers_are_of_patients_who_are_not_attacked():
    for attack in judge().population.attacks_on_strangers(80, 5):
        assert not set(attack.members.patients) & set(attack.release.patients)
        assert attack.to_members.min() > 0


def test_copies_are_of_the_training_patients():
    for attack in judge().population.attacks_on_copies(400, 2):
        assert (attack.to_members.min(axis=1) == 0).mean() > 0.9
        assert attack.to_others.min() > 0


def test_a_critic_that_remembers_is_an_attack():
    remembered = {row.tobytes() for row in TRAIN.values}

    def critic(samples: SampleSet) -> np.ndarray:
        noise = np.random.default_rng(len(samples)).normal(size=len(samples))
        return noise + [3.0 * (row.tobytes() in remembered) for row in samples.values]

    def guess(samples: SampleSet) -> np.ndarray:
        return np.random.default_rng(len(samples)).normal(size=len(samples))

    found = table(draw(3, 120), critic)
    assert found.loc["membership_critic", "value"] > 0.95
    assert found.loc["membership_critic", "ceiling"] == pytest.approx(0.5, abs=0.15)
    assert found.loc["membership_critic", "floor"] == 1
    assert table(draw(3, 120), guess).loc["membership_critic", "value"] == pytest.approx(0.5, abs=0.2)


def test_without_a_critic_there_is_no_such_row():
    assert not {metric.name for metric in BY_CRITIC} & set(table(draw(3, 120)).index)


def test_the_same_seed_gives_the_same_table():
    pd.testing.assert_frame_equal(table(copies()), table(copies()))


def test_metrics_are_fully_declared():
    assert len({metric.name for metric in PRIVATE}) == len({metric.label for metric in PRIVATE}) == len(PRIVATE)
    for metric in PRIVATE:
        assert metric.axis == PRIVACY
        assert "ceiling" in metric.explanation
        assert "floor" in metric.explanation
        assert metric.explanation.endswith(".")
