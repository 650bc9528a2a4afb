"""The maximum mean discrepancy between two sets of samples."""

import numpy as np

# Widths of the kernel as multiples of the median distance of two real samples: no single one sees every difference.
BANDWIDTHS = (0.25, 0.5, 1.0, 2.0, 4.0)
# Rows of a distance matrix that are turned into kernel values at once.
BLOCK = 1024


def median_distance(distances: np.ndarray) -> float:
    """Median distance of two different samples, from a (samples, samples) matrix."""
    return float(np.median(distances[np.triu_indices_from(distances, 1)]))


def maximum_mean_discrepancy(
    within_real: np.ndarray, within_other: np.ndarray, between: np.ndarray, median: float
) -> float:
    """MMD² = E k(x, x') + E k(z, z') − 2 E k(x, z), unbiased, so it may be negative.

    The kernel is the mean of exp(−d² / 2σ²) with σ from a quarter to four times the median distance of real samples
    (Gretton et al., Journal of Machine Learning Research 13:723–773, 2012, equation 3).

    Parameters
    ----------
    within_real, within_other, between
        Distances within the real (n, n), within the other (m, m) and between both (n, m) sets.
    median
        Median distance of two real samples.

    Returns
    -------
    float
        At most 1; NaN where real samples do not differ, so that the kernel has no width.
    """
    if not median > 0:
        return np.nan
    total = 0.0
    for width in BANDWIDTHS:
        sigma = width * median
        real, other = (_kernel_sum(distances, sigma) for distances in (within_real, within_other))
        n, m = len(within_real), len(within_other)
        # A sample with itself has a kernel of 1 and does not count.
        total += (real - n) / (n * (n - 1)) + (other - m) / (m * (m - 1)) - 2 * _kernel_sum(between, sigma) / (n * m)
    return total / len(BANDWIDTHS)


def _kernel_sum(distances: np.ndarray, sigma: float) -> float:
    """Sum of exp(−d² / 2σ²) over a whole matrix, block by block."""
    return sum(
        float(np.exp(-np.square(distances[start : start + BLOCK] / sigma) / 2).sum(dtype=np.float64))
        for start in range(0, len(distances), BLOCK)
    )
