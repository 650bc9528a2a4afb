"""Privacy: what a release of synthetic samples betrays of the patients its generator was trained on."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from syncohort.realism import records
from syncohort.realism.attack import Attack, Population
from syncohort.realism.membership import attack_auc, true_positive_rate
from syncohort.realism.metrics import HIGHER, LOWER, PRIVACY, Metric
from syncohort.realism.samples import SampleSet

# Draws of attacked patients that the scores are averaged over.
ATTACKS = 5
CONTROLS = (
    "the ceiling releases real samples of patients who are not attacked, the floor copies of the training samples."
)

CEILING = (
    "The ceiling of privacy is what attacks make of real samples of half the training patients, when those of the "
    "other half are attacked; the floor what they make of copies of all training samples. Of the critic’s attack they "
    "are guesses and certainty. With few patients an attack is noisy, and its ceiling tells how much."
)

Scores = Callable[[Attack], tuple[np.ndarray, np.ndarray] | None]


@dataclass(frozen=True)
class AttackMetric(Metric):
    """A metric of an attack.

    Parameters
    ----------
    function
        Value from an attack; NaN where the attack cannot be made.
    components
        Whether the attack looks at principal components instead of genes.
    """

    function: Callable[[Attack], float]
    components: bool = False


def _auc(scores: Scores) -> Callable[[Attack], float]:
    def function(attack: Attack) -> float:
        found = scores(attack)
        return np.nan if found is None else attack_auc(*found)

    return function


def _rate(scores: Scores, false_positives: float) -> Callable[[Attack], float]:
    def function(attack: Attack) -> float:
        found = scores(attack)
        return np.nan if found is None else true_positive_rate(*found, false_positives)

    return function


def _membership(name: str, label: str, how: str, scores: Scores, components: bool = False) -> Iterable[AttackMetric]:
    """Declare the metrics of one membership attack."""
    yield AttackMetric(
        f"membership_{name}", f"Membership by {label}, AUC", PRIVACY, LOWER,
        f"How well an attacker tells training patients from as many others {how}; 0.5 is guessing; {CONTROLS}",
        _auc(scores), components,
    )  # fmt: skip
    for percent in (1, 10):
        yield AttackMetric(
            f"membership_{name}_tpr{percent}", f"Membership by {label}, found at {percent}\u00a0%", PRIVACY, LOWER,
            f"Share of the training patients found by that attack while at most {percent} % of the others are accused; "
            f"guessing finds about as many; {CONTROLS}",
            _rate(scores, percent / 100), components,
        )  # fmt: skip


CLOSENESS = (
    AttackMetric(
        "closest_record", "Distance to closest record", PRIVACY, HIGHER,
        "How near synthetic samples come to training patients (5th percentile), over how near they come to as many "
        f"others; 1 is no nearer, 0 a copy; {CONTROLS}",
        lambda attack: records.closest_record_ratio(attack.to_members, attack.to_others),
    ),
    AttackMetric(
        "neighbour_distance", "Nearest-neighbour distance ratio", PRIVACY, HIGHER,
        "How much nearer synthetic samples are to one training patient than to the next (5th percentile of the ratio), "
        f"over the same for as many others; 1 is no more so, 0 a copy; {CONTROLS}",
        lambda attack: records.neighbour_distance_ratio(
            attack.to_members, attack.to_others, attack.members.patients, attack.others.patients
        ),
    ),
    AttackMetric(
        "near_duplicates", "Near-duplicates", PRIVACY, LOWER,
        "Share of synthetic samples less than half as far from one training patient, of as many as are held out, as "
        f"from any other of them; {CONTROLS}",
        lambda attack: records.near_duplicates(attack.to_members, attack.members.patients),
    ),
    AttackMetric(
        "singling_out", "Singling out", PRIVACY, LOWER,
        "Share of predicates made from synthetic samples that point at exactly one training patient, beyond those that "
        f"point at one of as many others by chance; {CONTROLS}",
        lambda attack: records.singling_out_risk(
            attack.release.attributes, attack.members.attributes, attack.others.attributes, attack.rng
        ),
    ),
)  # fmt: skip

MEMBERSHIP = (
    *_membership(
        "distance", "distance", "by the distance to the nearest synthetic sample", lambda attack: attack.by_distance
    ),
    *_membership(
        "density", "density", "by how much denser synthetic samples are there than people",
        lambda attack: attack.by_density, components=True,
    ),
)  # fmt: skip

# Without a critic there is no such attack, and the tables have no such rows.
BY_CRITIC = tuple(
    _membership("critic", "critic", "by the score of the generator’s own critic", lambda attack: attack.by_critic)
)

PRIVATE = (*MEMBERSHIP, *BY_CRITIC, *CLOSENESS)


@dataclass(frozen=True, eq=False)
class PrivacyJudge:
    """Attacks on releases of one size, with the scores of real samples of strangers and of copies beside them.

    Parameters
    ----------
    population
        Whom the attacks are about.
    size
        Synthetic samples in a release.
    """

    population: Population
    size: int

    @property
    def metrics(self) -> Sequence[AttackMetric]:
        """Metrics that can be computed here."""
        return PRIVATE if self.population.critic else (*MEMBERSHIP, *CLOSENESS)

    def scores(self, release: SampleSet) -> list[float]:
        """Mean scores of attacks on a release."""
        return self._means(self.population.attacks(release, ATTACKS))

    @cached_property
    def ceilings(self) -> list[float]:
        """Mean scores of attacks on real samples of patients who are not attacked."""
        return self._means(self.population.attacks_on_strangers(self.size, ATTACKS))

    @cached_property
    def floors(self) -> list[float]:
        """Mean scores of attacks on copies of the training samples."""
        return self._means(self.population.attacks_on_copies(self.size, ATTACKS))

    def table(self, release: SampleSet) -> pd.DataFrame:
        """One row per metric: `metric`, `components`, `value`, `ceiling`, `floor`, `note`."""
        attacked = len(self.population.test)
        return pd.DataFrame(
            {
                "metric": [metric.name for metric in self.metrics],
                "components": [metric.components for metric in self.metrics],
                "value": self.scores(release),
                "ceiling": self.ceilings,
                "floor": self.floors,
                "note": f"{self.size} synthetic samples attacked with {attacked} members and {attacked} others",
            }
        )

    def _means(self, attacks: Iterable[Attack]) -> list[float]:
        scores = [[metric.function(attack) for metric in self.metrics] for attack in attacks]
        return [float(mean) for mean in np.mean(scores, axis=0)]
