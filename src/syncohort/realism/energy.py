"""The energy distance between two sets of samples."""

import numpy as np


def energy_distance(real: np.ndarray, synthetic: np.ndarray) -> float:
    """Energy distance 2E‖X − Z‖ − E‖X − X'‖ − E‖Z − Z'‖ (Székely and Rizzo 2013), unbiased, so it may be negative.

    Parameters
    ----------
    real
        (real samples, genes), at least two samples.
    synthetic
        (synthetic samples, genes), at least two samples; both float64.
    """
    within = [_distances(values, values).sum() / (len(values) * (len(values) - 1)) for values in (real, synthetic)]
    return float(2 * _distances(real, synthetic).mean() - sum(within))


def _distances(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Euclidean distances (first samples, second samples), by one matrix product."""
    squares = [np.square(values).sum(axis=1) for values in (first, second)]
    squared = squares[0][:, None] + squares[1] - 2 * first @ second.T
    if first is second:
        np.fill_diagonal(squared, 0.0)  # what rounding leaves there
    return np.sqrt(np.maximum(squared, 0.0))
