"""What a score is held against: real samples that were held out (ceiling) and trivial generators (floor)."""

from collections.abc import Sequence

import numpy as np


def matched_subset(available: Sequence[str], wanted: Sequence[str], rng: np.random.Generator) -> np.ndarray:
    """Draw as many samples as `wanted` has, with the same number in every group.

    Parameters
    ----------
    available
        (samples,) group, such as the condition, of each sample to draw from.
    wanted
        (wanted samples,) group of each sample of the set to match.
    rng
        Source of randomness.

    Returns
    -------
    numpy.ndarray
        (wanted samples,) positions in `available`, in the groups of `wanted`, without replacement. Where a group of
        `available` is too small it is drawn from with replacement, and where it is empty all samples stand in for it.
    """
    available, wanted = np.asarray(available), np.asarray(wanted)
    drawn = np.empty(len(wanted), dtype=int)
    for group in np.unique(wanted):
        places = np.flatnonzero(wanted == group)
        members = np.flatnonzero(available == group)
        if not len(members):
            members = np.arange(len(available))
        drawn[places] = rng.choice(members, len(places), replace=len(places) > len(members))
    return drawn


def permuted_genes(values: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Permute every gene (column) over the samples on its own: distributions stay, correlations go."""
    return rng.permuted(values, axis=0)


def exchanged_genes(values: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Give every gene the values of another: as strong relations as real ones, between the wrong genes."""
    return values[:, rng.permutation(values.shape[1])]


def collapsed(values: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Give every sample the mean of all: a generator that lost its variance. `rng` is not used."""
    return np.broadcast_to(values.mean(axis=0), values.shape)


def exaggerated(values: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Move every sample twice as far from the mean: a generator that leaves reality. `rng` is not used."""
    return 2 * values - values.mean(axis=0)


def shifted(values: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Raise every gene by its standard deviation: a generator with a batch effect. `rng` is not used."""
    return values + values.std(axis=0)
