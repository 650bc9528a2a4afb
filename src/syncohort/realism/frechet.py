"""The Fréchet distance between two sets of samples, each seen as a normal distribution."""

import numpy as np

# With fewer samples than this many per dimension the covariance is so uncertain that the distance measures its noise.
SAMPLES_PER_DIMENSION = 5


def frechet_distance(real: np.ndarray, other: np.ndarray) -> float:
    """‖μ − μ'‖² + tr(Σ + Σ' − 2 (Σ Σ')^½), the squared 2-Wasserstein distance of two normal distributions.

    Dowson and Landau, Journal of Multivariate Analysis 12(3):450–455, 1982, equation 4.

    Parameters
    ----------
    real, other
        (samples, dimensions) and (other samples, dimensions).

    Returns
    -------
    float
        At least 0, in the squared unit of the values.
    """
    real, other = real.astype(np.float64), other.astype(np.float64)
    covariances = [np.atleast_2d(np.cov(values, rowvar=False)) for values in (real, other)]
    # tr (Σ Σ')^½ is that of the symmetric Σ^½ Σ' Σ^½, whose eigenvalues are real.
    root = _square_root(covariances[0])
    eigenvalues = np.linalg.eigvalsh(root @ covariances[1] @ root)
    shared = np.sqrt(np.maximum(eigenvalues, 0.0)).sum()
    shift = np.square(real.mean(axis=0) - other.mean(axis=0)).sum()
    return max(0.0, float(shift + sum(np.trace(covariance) for covariance in covariances) - 2 * shared))


def _square_root(covariance: np.ndarray) -> np.ndarray:
    """Symmetric square root of a covariance (dimensions, dimensions)."""
    eigenvalues, vectors = np.linalg.eigh(covariance)
    return (vectors * np.sqrt(np.maximum(eigenvalues, 0.0))) @ vectors.T
