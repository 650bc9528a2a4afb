"""One set of samples as metrics see it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from syncohort.realism.distances import euclidean
from syncohort.realism.gene_correlation import Dendrogram
from syncohort.realism.kernels import median_distance
from syncohort.realism.neighbours import radii
from syncohort.realism.principal import effective_rank


@dataclass(frozen=True, eq=False)
class SampleSet:
    """Samples of one origin, and what several metrics derive from them, computed when first used.

    Parameters
    ----------
    values
        (samples, features): z-scores by the training scaler, or what a space makes of them.
    samples
        (samples, ·) what is known of each sample: `patient_id`, `condition`, `group` and covariates, as far as the
        metrics need them.
    varying
        (features,) bool: features that vary in every set of real samples compared; all when None.
    """

    values: np.ndarray
    samples: pd.DataFrame = field(default_factory=pd.DataFrame)
    varying: np.ndarray | None = None
    _kept: dict[Any, Any] = field(default_factory=dict, init=False, repr=False)

    def __len__(self) -> int:
        return len(self.values)

    @property
    def varying_values(self) -> np.ndarray:
        """(samples, varying features)."""
        return self.values if self.varying is None else self.values[:, self.varying]

    @property
    def patients(self) -> np.ndarray:
        """(samples,) patient of each sample."""
        return self.samples["patient_id"].astype(str).to_numpy()

    @property
    def groups(self) -> np.ndarray:
        """(samples,) condition and categorical covariates of each sample, joined."""
        return self.samples["group"].astype(str).to_numpy()

    @cached_property
    def dendrogram(self) -> Dendrogram:
        """Tree of the varying features."""
        return Dendrogram.of(self.varying_values)

    @cached_property
    def distances(self) -> np.ndarray:
        """(samples, samples) Euclidean distances."""
        return euclidean(self.values, self.values)

    @cached_property
    def median_distance(self) -> float:
        """Median distance of two samples of the set."""
        return median_distance(self.distances)

    @cached_property
    def radii(self) -> np.ndarray:
        """(samples,) distance to the fifth nearest neighbour in the set."""
        return radii(self.distances)

    @cached_property
    def effective_rank(self) -> float:
        """Effective rank of the set."""
        return effective_rank(self.values)

    def derive(self, function: Callable[["SampleSet"], Any]) -> Any:
        """Give `function` of this set, computed once for all metrics that ask."""
        if function not in self._kept:
            self._kept[function] = function(self)
        return self._kept[function]

    def against(self, reference: "SampleSet", function: Callable[[np.ndarray, np.ndarray], Any]) -> Any:
        """Give `function` of the values of `reference` and of this set, computed once for all metrics that ask."""
        key = (reference, function)
        if key not in self._kept:
            self._kept[key] = function(reference.values, self.values)
        return self._kept[key]

    def distances_from(self, reference: "SampleSet") -> np.ndarray:
        """(reference samples, samples) Euclidean distances."""
        return self.against(reference, euclidean)

    def take(self, rows: np.ndarray) -> "SampleSet":
        """Give the set of some rows, in their order."""
        return SampleSet(self.values[rows], self.samples.iloc[rows] if len(self.samples) else self.samples)

    def with_values(self, values: np.ndarray, varying: np.ndarray | None = None) -> "SampleSet":
        """Give the same samples with other values."""
        return replace(self, values=values, varying=varying)


def pool(sets: Sequence[SampleSet]) -> SampleSet:
    """Join draws of samples to one release."""
    return SampleSet(np.concatenate([drawn.values for drawn in sets]), pd.concat([drawn.samples for drawn in sets]))
