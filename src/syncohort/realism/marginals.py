"""Distributions of single genes: distance and similarity of two sets of samples, vectorised over genes."""

from collections.abc import Callable

import numpy as np

# Numbers of one temporary array (8 MB), so that memory does not grow with the genes.
BLOCK = 1_000_000


def wasserstein(real: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Wasserstein-1 distance of every gene: the area between the two empirical distribution functions.

    Parameters
    ----------
    real, other
        (samples, genes) and (other samples, genes); the distance has their unit.

    Returns
    -------
    numpy.ndarray
        (genes,) at least 0, and 0 for equal distributions.
    """
    return _by_blocks(real, other, lambda difference, steps: (difference * steps).sum(axis=0))


def ks_similarity(real: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Kolmogorov–Smirnov similarity of every gene: 1 − D, with D the largest gap of the distribution functions.

    Parameters
    ----------
    real, other
        (samples, genes) and (other samples, genes).

    Returns
    -------
    numpy.ndarray
        (genes,) in [0, 1], and 1 for equal distributions.
    """
    # Between two equal values the functions are not defined yet.
    return 1 - _by_blocks(real, other, lambda difference, steps: np.where(steps > 0, difference, 0).max(axis=0))


def variance_ratio(real: np.ndarray, other: np.ndarray) -> float:
    """Median over genes of the other samples' variance over that of the real ones.

    Parameters
    ----------
    real, other
        (samples, genes) and (other samples, genes).

    Returns
    -------
    float
        1 for equal spread, below 1 where it shrank; NaN where no gene varies among real samples.
    """
    variances = [values.var(axis=0, ddof=1, dtype=np.float64) for values in (real, other)]
    varying = variances[0] > 0
    return float(np.median(variances[1][varying] / variances[0][varying])) if varying.any() else np.nan


def _by_blocks(
    real: np.ndarray, other: np.ndarray, summary: Callable[[np.ndarray, np.ndarray], np.ndarray]
) -> np.ndarray:
    """(genes,) summary of the distribution differences, some genes at a time."""
    size = max(1, BLOCK // (len(real) + len(other)))
    blocks = (slice(start, start + size) for start in range(0, real.shape[1], size))
    return np.concatenate([summary(*_distribution_difference(real[:, block], other[:, block])) for block in blocks])


def _distribution_difference(real: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """|F − G| on the intervals between all sorted values, and the lengths of these intervals."""
    together = np.concatenate([real, other]).astype(np.float64)
    order = np.argsort(together, axis=0)
    # Whole numbers, so that equal distributions differ by exactly nothing.
    jumps = np.where(order < len(real), len(other), -len(real))
    steps = np.diff(np.take_along_axis(together, order, axis=0), axis=0)
    return np.abs(np.cumsum(jumps, axis=0)[:-1]) / (len(real) * len(other)), steps
