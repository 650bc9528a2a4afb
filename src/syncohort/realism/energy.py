"""The energy distance between two sets of samples."""

import numpy as np

from syncohort.realism.distances import euclidean, mean_between_others


def energy_distance(real: np.ndarray, synthetic: np.ndarray) -> float:
    """Energy distance 2E‖X − Z‖ − E‖X − X'‖ − E‖Z − Z'‖ (Székely and Rizzo 2013), unbiased, so it may be negative.

    Parameters
    ----------
    real
        (real samples, genes), at least two samples.
    synthetic
        (synthetic samples, genes), at least two samples; both float64.
    """
    return energy_of_distances(euclidean(real, real), euclidean(synthetic, synthetic), euclidean(real, synthetic))


def energy_of_distances(within_real: np.ndarray, within_other: np.ndarray, between: np.ndarray) -> float:
    """Give what `energy_distance` gives, from distances within (n, n), (m, m) and between (n, m) both sets."""
    within = mean_between_others(within_real) + mean_between_others(within_other)
    return 2 * float(between.mean(dtype=np.float64)) - within
