"""Scales of the networks and linear models: genes by their range, features by their maximum."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Scaling:
    """How expression and features are scaled, and scaled back.

    Parameters
    ----------
    gene_mean, gene_range
        (genes,) mean, and maximum − minimum, of log expression; a gene without range is left at 0.
    feature_maximum
        (features,) largest absolute value.
    """

    gene_mean: np.ndarray
    gene_range: np.ndarray
    feature_maximum: np.ndarray

    @classmethod
    def fit(cls, expression: np.ndarray, features: np.ndarray) -> "Scaling":
        """Take the scale of patients: expression (patients, genes), features (patients of these or others, features).

        References
        ----------
        Smedley and Hsu, IEEE ISBI 2018, section 2.3: (x − mean) / (maximum − minimum), and y / maximum.
        """
        span = np.ptp(expression, axis=0)
        return cls(expression.mean(axis=0), np.where(span > 0, span, np.inf), np.abs(features).max(axis=0))

    def scale_genes(self, expression: np.ndarray) -> np.ndarray:
        """Scale expression (patients, genes), to within −1 and 1 for the patients it was fitted to."""
        return ((expression - self.gene_mean) / self.gene_range).astype(np.float32)

    def scale_features(self, features: np.ndarray) -> np.ndarray:
        """Scale features (patients, features), to at most 1 for the patients it was fitted to."""
        return features / self.feature_maximum

    def restore_features(self, scaled: np.ndarray) -> np.ndarray:
        """Invert `scale_features`."""
        return scaled * self.feature_maximum

    def to_json(self) -> dict[str, list[float]]:
        """Give the scale as lists; a range of 0 means a gene that is left at 0."""
        span = np.where(np.isinf(self.gene_range), 0, self.gene_range)
        parts = {"gene_mean": self.gene_mean, "gene_range": span, "feature_maximum": self.feature_maximum}
        return {name: np.asarray(values, dtype=float).tolist() for name, values in parts.items()}
