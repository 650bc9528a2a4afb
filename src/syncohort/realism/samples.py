"""One set of samples as metrics see it."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from syncohort.realism.gene_correlation import Dendrogram


@dataclass(frozen=True, eq=False)
class SampleSet:
    """Samples of one origin, and what several metrics derive from them, computed when first used.

    Parameters
    ----------
    values
        (samples, genes) z-scores by the training scaler.
    varying
        (genes,) bool: genes that vary in every set of real samples compared.
    """

    values: np.ndarray
    varying: np.ndarray

    @property
    def varying_values(self) -> np.ndarray:
        """(samples, varying genes) z-scores."""
        return self.values[:, self.varying]

    @cached_property
    def dendrogram(self) -> Dendrogram:
        """Tree of the varying genes."""
        return Dendrogram.of(self.varying_values)
