"""Attacks on a release of synthetic samples: who is attacked, with what, and the controls for both."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from syncohort.realism.controls import matched_subset
from syncohort.realism.distances import euclidean
from syncohort.realism.membership import density_score, distance_score
from syncohort.realism.principal import Projection
from syncohort.realism.samples import SampleSet

# Components and genes that attacks by density and by singling out look at.
DENSITY_COMPONENTS, ATTRIBUTES = 10, 200


@dataclass(frozen=True, eq=False)
class Profiles:
    """What attacks other than those by distance know of samples.

    Parameters
    ----------
    patients
        (samples,) patient of each.
    components
        (samples, at most 10) first principal components, in standard deviations of the training samples.
    attributes
        (samples, at most 200) values of some genes.
    critic
        (samples,) score of the generator's critic; None where there is no critic.
    """

    patients: np.ndarray
    components: np.ndarray
    attributes: np.ndarray
    critic: np.ndarray | None = None

    def take(self, rows: np.ndarray) -> "Profiles":
        """Give the profiles of some rows."""
        parts = {name: value[rows] for name, value in vars(self).items() if value is not None}
        return replace(self, **parts)


@dataclass(frozen=True, eq=False)
class Attack:
    """A release, and as many members as others that it is attacked with; no patient is among both.

    Parameters
    ----------
    to_members, to_others
        (members, synthetic samples) and (others, synthetic samples) distances.
    members, others, release
        Profiles of each.
    rng
        Source of randomness.
    """

    to_members: np.ndarray
    to_others: np.ndarray
    members: Profiles
    others: Profiles
    release: Profiles
    rng: np.random.Generator

    @cached_property
    def by_distance(self) -> tuple[np.ndarray, np.ndarray]:
        """Scores of members and others by distance."""
        return distance_score(self.to_members), distance_score(self.to_others)

    @cached_property
    def by_density(self) -> tuple[np.ndarray, np.ndarray]:
        """Scores of members and others by the ratio of densities."""
        samples = np.concatenate([self.members.components, self.others.components])
        patients = np.concatenate([self.members.patients, self.others.patients])
        scores = density_score(samples, patients, self.release.components)
        return scores[: len(self.members.patients)], scores[len(self.members.patients) :]

    @property
    def by_critic(self) -> tuple[np.ndarray, np.ndarray] | None:
        """Scores of members and others by the critic (Hayes et al., LOGAN, PoPETs 2019(1):133–152, white box)."""
        if self.members.critic is None or self.others.critic is None:
            return None
        return self.members.critic, self.others.critic


@dataclass(frozen=True, eq=False)
class Population:
    """The patients a generator was trained on and those held out, from whom attacks are made.

    Parameters
    ----------
    train, test
        Real samples, (samples, genes) z-scores with `patient_id` and `group`: those the generator learnt from, and
        those held out.
    projection
        Principal components of the training samples.
    seed
        Seed of all draws.
    critic
        Score of the generator's critic from a set of samples; None where there is none.
    """

    train: SampleSet
    test: SampleSet
    projection: Projection
    seed: int
    critic: Callable[[SampleSet], np.ndarray] | None = None

    @cached_property
    def _columns(self) -> np.ndarray:
        genes = self.train.values.shape[1]
        return np.random.default_rng(self.seed).permutation(genes)[:ATTRIBUTES]

    def profiles(self, samples: SampleSet, critic: Callable[[SampleSet], np.ndarray] | None = None) -> Profiles:
        """Profiles of a set of samples."""
        components = (self.projection(samples.values) / self.projection.deviation)[:, :DENSITY_COMPONENTS]
        scores = None if critic is None else critic(samples)
        return Profiles(samples.patients, components, samples.values[:, self._columns], scores)

    @cached_property
    def _known(self) -> tuple[Profiles, Profiles]:
        return self.profiles(self.train, self.critic), self.profiles(self.test, self.critic)

    @cached_property
    def _from_train(self) -> tuple[np.ndarray, np.ndarray]:
        """Distances of training and of test samples (each first axis) to training samples."""
        return self.train.distances, euclidean(self.test.values, self.train.values)

    def attacks(self, release: SampleSet, number: int) -> Iterator[Attack]:
        """Attack a release: with members drawn from the training samples, in the groups of the test samples."""
        distances = euclidean(self.train.values, release.values), euclidean(self.test.values, release.values)
        everyone, profiles = np.arange(len(self.train)), self.profiles(release)
        for draw in range(number):
            rng = np.random.default_rng([self.seed, draw])
            yield self._attack(self._members(everyone, rng), *distances, profiles, rng)

    def attacks_on_strangers(self, size: int, number: int) -> Iterator[Attack]:
        """Attack releases of real samples of half the training patients, with members from the other half.

        They betray nothing of whom they do not hold: this is as private as real samples can be.
        """
        patients = self.train.patients
        for draw in range(number):
            rng = np.random.default_rng([self.seed, draw, 1])
            released = np.isin(patients, rng.permutation(np.unique(patients))[::2])
            yield self._attack_on_real(np.flatnonzero(released), np.flatnonzero(~released), size, rng)

    def attacks_on_copies(self, size: int, number: int) -> Iterator[Attack]:
        """Attack releases that are copies of training samples: nothing is less private."""
        everyone = np.arange(len(self.train))
        for draw in range(number):
            yield self._attack_on_real(everyone, everyone, size, np.random.default_rng([self.seed, draw, 2]))

    def _members(self, among: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        return among[matched_subset(self.train.groups[among], self.test.groups, rng)]

    def _attack_on_real(self, among: np.ndarray, attacked: np.ndarray, size: int, rng: np.random.Generator) -> Attack:
        released = rng.choice(among, size)
        to_train, to_test = (distances[:, released] for distances in self._from_train)
        attack = self._attack(self._members(attacked, rng), to_train, to_test, self._known[0].take(released), rng)
        if self.critic is None:
            return attack
        # The critic has seen all training patients, whatever is released: guesses stand for one that has seen none, the
        # truth for one that remembers all.
        members = len(attack.members.patients)
        guesses = rng.random(members + len(self.test))
        scores = guesses if np.intersect1d(among, attacked).size == 0 else np.arange(len(guesses))[::-1]
        return replace(
            attack,
            members=replace(attack.members, critic=scores[:members]),
            others=replace(attack.others, critic=scores[members:]),
        )

    def _attack(
        self,
        members: np.ndarray,
        to_train: np.ndarray,
        to_test: np.ndarray,
        release: Profiles,
        rng: np.random.Generator,
    ) -> Attack:
        train, test = self._known
        return Attack(to_train[members], to_test, train.take(members), test, release, rng)
