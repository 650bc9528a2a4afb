"""Principal components, fitted on real training samples only, and the effective rank of a set of samples."""

from dataclasses import dataclass

import numpy as np

COMPONENTS = 50


@dataclass(frozen=True, eq=False)
class Projection:
    """The way from genes to principal components.

    Parameters
    ----------
    mean
        (genes,) of the samples it was fitted on.
    axes
        (components, genes) of length one.
    deviation
        (components,) standard deviation of the fitted samples along each.
    """

    mean: np.ndarray
    axes: np.ndarray
    deviation: np.ndarray

    @classmethod
    def fit(cls, values: np.ndarray, most: int = COMPONENTS) -> "Projection":
        """Fit on (training samples, genes): `most` components, or as many as samples and genes allow."""
        # Loads for longer than most jobs that name a space compute.
        from sklearn.decomposition import PCA

        fitted = PCA(min(most, len(values) - 1, values.shape[1]), random_state=0).fit(values)
        return cls(fitted.mean_, fitted.components_, np.sqrt(fitted.explained_variance_))

    def __call__(self, values: np.ndarray) -> np.ndarray:
        """Project (samples, genes) to (samples, components)."""
        return values @ self.axes.T - self.mean @ self.axes.T


def effective_rank(values: np.ndarray) -> float:
    """Effective rank: the exponential of the entropy of the shares of variance of all principal components.

    Roy and Vetterli, European Signal Processing Conference, 2007, with variances as the spectrum. It is k where k
    directions carry equal variance, and 1 where one carries all.

    Parameters
    ----------
    values
        (samples, genes).

    Returns
    -------
    float
        Between 1 and the number of directions that can vary; 0 where nothing varies.
    """
    centred = values - values.mean(axis=0)
    # The smaller of both products has the same eigenvalues.
    product = centred @ centred.T if len(centred) < centred.shape[1] else centred.T @ centred
    variances = np.maximum(np.linalg.eigvalsh(product).astype(np.float64), 0.0)
    if not variances.sum() > 0:
        return 0.0
    shares = variances / variances.sum()
    shares = shares[shares > 0]
    return float(np.exp(-(shares * np.log(shares)).sum()))
