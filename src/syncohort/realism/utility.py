"""Utility: can classifiers be trained on synthetic samples, alone or beside real ones?"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from syncohort.realism.classifiers import CLASSIFIERS, classify
from syncohort.realism.controls import matched_subset, permuted_genes
from syncohort.realism.metrics import HIGHER, UTILITY, Metric
from syncohort.realism.principal import Projection
from syncohort.realism.samples import SampleSet

# A label needs as many samples to be learnt, and as many to be tested.
FEWEST_TRAINING, FEWEST_TEST = 5, 2
# Draws of synthetic samples that the scores are averaged over.
DRAWS = 3

UTILITARIAN = (
    Metric(
        "tstr", "Trained on synthetic, balanced accuracy", UTILITY, HIGHER,
        "Balanced accuracy on real held-out samples of classifiers trained on synthetic ones; the ceiling is that of "
        "classifiers trained on as many real samples, the floor permutes every gene over the samples.",
    ),
    Metric(
        "tstr_aupr", "Trained on synthetic, AUPR", UTILITY, HIGHER,
        "Area under the precision–recall curve, averaged over labels, on real held-out samples of classifiers trained "
        "on synthetic ones; ceiling and floor are as for the balanced accuracy.",
    ),
    Metric(
        "trts", "Tested on synthetic, balanced accuracy", UTILITY, HIGHER,
        "Balanced accuracy on synthetic samples of classifiers trained on real ones; the ceiling is that on real "
        "held-out samples, the floor permutes every gene over the samples.",
    ),
)  # fmt: skip


def learnable_labels(train: SampleSet, test: SampleSet) -> tuple[str, list[str]]:
    """Choose what classifiers are to tell apart.

    Parameters
    ----------
    train, test
        Real training and test samples, which have a `group` and a `condition`.

    Returns
    -------
    tuple
        The column of the labels, and those that enough samples have: groups (condition and categorical covariates) if
        at least two have 5 training and 2 test samples, else conditions, else none.
    """
    for column in ("group", "condition"):
        sizes = [each.samples[column].astype(str).value_counts() for each in (train, test)]
        labels = sizes[0].index[sizes[0] >= FEWEST_TRAINING].intersection(sizes[1].index[sizes[1] >= FEWEST_TEST])
        if len(labels) > 1:
            return column, sorted(labels)
    return "condition", []


@dataclass(frozen=True, eq=False)
class UtilityJudge:
    """Real training and test samples that releases of synthetic samples are judged by.

    All classifiers see the same features, principal components of all real training samples, so that what is compared
    are samples and not ways of making features.

    Parameters
    ----------
    train, test
        Real samples, (samples, genes) with `group` and `condition`.
    projection
        Principal components of the training samples.
    seed
        Seed of the draws.
    """

    train: SampleSet
    test: SampleSet
    projection: Projection
    seed: int

    @cached_property
    def labels(self) -> tuple[str, list[str]]:
        """Column and names of the labels that classifiers are to tell apart."""
        return learnable_labels(self.train, self.test)

    def labelled(self, samples: SampleSet) -> tuple[np.ndarray, np.ndarray]:
        """Principal components and labels of the samples that have one of the labels."""
        column, names = self.labels
        label = samples.samples[column].astype(str).to_numpy()
        kept = np.isin(label, names)
        return self.projection(samples.values[kept]), label[kept]

    def resampled(self, release: SampleSet, draw: int) -> SampleSet:
        """Draw as many samples of a release as there are real training samples, in the same groups."""
        rng = np.random.default_rng([self.seed, draw])
        return release.take(matched_subset(release.groups, self.train.groups, rng))

    def scores(self, release: SampleSet) -> tuple[list[float], str]:
        """Scores of `UTILITARIAN` for a release, the mean over classifiers, and those of each classifier in words."""
        if not self.labels[1]:
            return [np.nan] * 3, "no two labels with enough samples"
        trained = [self.trained_on(self.resampled(release, draw)) for draw in range(DRAWS)]
        tested = self._classify(self.train, release)[:, 0]
        each = np.mean(trained, axis=0)
        column, names = self.labels
        return [*each.mean(axis=0), tested.mean()], f"{_in_words(each[:, 0])}; {len(names)} labels by {column}"

    @cached_property
    def ceilings(self) -> list[float]:
        """Scores of the real training samples, tested on the real test samples."""
        if not self.labels[1]:
            return [np.nan] * 3
        balanced, aupr = self.real_scores.mean(axis=0)
        return [balanced, aupr, balanced]

    @cached_property
    def floors(self) -> list[float]:
        """Scores of training samples with every gene permuted over them."""
        rng = np.random.default_rng([self.seed, DRAWS])
        return self.scores(self.train.with_values(permuted_genes(self.train.values, rng)))[0]

    def table(self, release: SampleSet) -> pd.DataFrame:
        """One row per metric: `metric`, `value`, `ceiling`, `floor`, `note`."""
        values, note = self.scores(release)
        return pd.DataFrame(
            {
                "metric": [metric.name for metric in UTILITARIAN],
                "value": values,
                "ceiling": self.ceilings,
                "floor": self.floors,
                "note": [note, "", ""],
            }
        )

    @cached_property
    def real_scores(self) -> np.ndarray:
        """(classifiers, 2) scores of all real training samples."""
        return self.trained_on(self.train)

    def trained_on(self, samples: SampleSet) -> np.ndarray:
        """(classifiers, 2) scores on the real test samples of classifiers trained on `samples`."""
        return self._classify(samples, self.test)

    def _classify(self, train: SampleSet, test: SampleSet) -> np.ndarray:
        """(classifiers, 2) scores of every classifier."""
        return np.array([classify(name, *self.labelled(train), *self.labelled(test)) for name in CLASSIFIERS])


def _in_words(balanced: Sequence[float]) -> str:
    """Name the balanced accuracy of each classifier."""
    return ", ".join(f"{name} {score:.2f}" for name, score in zip(CLASSIFIERS, balanced, strict=True))
