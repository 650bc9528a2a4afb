"""Precision, recall, density and coverage: do two sets of samples fill the same space?

Every sample has a ball that reaches to its k-th nearest neighbour in its own set. Precision and recall follow
Kynkäänniemi et al. (Advances in Neural Information Processing Systems 32, 2019), density and coverage Naeem et al.
(International Conference on Machine Learning, 2020); k = 5 is theirs too.
"""

import numpy as np

NEIGHBOURS = 5
# A neighbour that lies on the ball is outside, whatever rounding makes of it.
MARGIN = 1e-5
BLOCK = 1024


def radii(distances: np.ndarray, k: int = NEIGHBOURS) -> np.ndarray:
    """Distance of each sample to its k-th nearest neighbour.

    Parameters
    ----------
    distances
        (samples, samples) within one set.
    k
        Neighbours; of k samples or fewer, all others.

    Returns
    -------
    numpy.ndarray
        (samples,) radii of the open balls.
    """
    k = min(k, len(distances) - 1)
    # The sample itself is the nearest, at 0. Block by block, since partition copies.
    found = [
        np.partition(distances[start : start + BLOCK], k, axis=1)[:, k] for start in range(0, len(distances), BLOCK)
    ]
    return np.concatenate(found) * (1 - MARGIN)


def precision(between: np.ndarray, real_radii: np.ndarray) -> float:
    """Share of the other samples that lie in the ball of a real one: are they realistic?

    Parameters
    ----------
    between
        (real samples, other samples) distances.
    real_radii
        (real samples,) of `radii`.
    """
    return float((between < real_radii[:, None]).any(axis=0).mean())


def recall(between: np.ndarray, other_radii: np.ndarray) -> float:
    """Share of the real samples that lie in the ball of another one: is all of reality there?

    Parameters
    ----------
    between
        (real samples, other samples) distances.
    other_radii
        (other samples,) of `radii`.
    """
    return float((between < other_radii).any(axis=1).mean())


def density(between: np.ndarray, real_radii: np.ndarray, k: int = NEIGHBOURS) -> float:
    """Mean number of real balls that hold another sample, divided by k; 1 for the real samples themselves.

    Much above 1 the others crowd in the middle of the real ones: their variance has shrunk. Arguments as in
    `precision`.
    """
    k = min(k, len(real_radii) - 1)
    return float((between < real_radii[:, None]).sum() / (k * between.shape[1]))


def coverage(between: np.ndarray, real_radii: np.ndarray) -> float:
    """Share of the real samples whose ball holds at least one other sample. Arguments as in `precision`."""
    return float((between.min(axis=1) < real_radii).mean())
