"""Euclidean distances between samples, which neighbourhood, kernel and privacy metrics share."""

import numpy as np


def euclidean(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Euclidean distances of all pairs of samples, by one matrix product.

    Parameters
    ----------
    first, second
        (first samples, features) and (second samples, features). Both float32 give float32 distances, off by a few
        thousandths of the samples' norm where two samples are almost equal.

    Returns
    -------
    numpy.ndarray
        (first samples, second samples); memory grows with samples², not with features.
    """
    squares = [np.einsum("ij,ij->i", values, values) for values in (first, second)]
    distances = first @ second.T
    # In place: for 5,000 samples a further copy of the matrix would be 100 MB.
    distances *= -2
    distances += squares[0][:, None]
    distances += squares[1]
    if first is second:
        np.fill_diagonal(distances, 0.0)  # what rounding leaves there
    np.maximum(distances, 0.0, out=distances)
    return np.sqrt(distances, out=distances)


def mean_between_others(distances: np.ndarray) -> float:
    """Mean of a symmetric (samples, samples) matrix without its diagonal."""
    samples = len(distances)
    return float((distances.sum(dtype=np.float64) - np.trace(distances)) / (samples * (samples - 1)))
