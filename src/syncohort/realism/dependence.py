"""Distance correlation: how far distances in a space go with differences in one variable, with a permutation null."""

from dataclasses import dataclass

import numpy as np
from scipy import stats

# The corrected distance correlation is not defined of fewer.
FEWEST = 4
# Permutations whose matrices are held at once.
BATCH = 100


@dataclass(frozen=True)
class Separation:
    """How well a space tells samples apart by one variable.

    Parameters
    ----------
    score
        Bias-corrected distance correlation.
    null_high
        95th percentile of the score when the variable is dealt to other samples.
    p_value
        One-sided.
    """

    score: float
    null_high: float
    p_value: float


def centre(distances: np.ndarray) -> np.ndarray:
    """Centre distances (samples, samples) so that all rows add up to 0, without bias (U-centring).

    Székely and Rizzo 2014, definition 2.
    """
    n = len(distances)
    rows = distances.sum(axis=1) / (n - 2)
    centred = distances - rows - rows[:, None] + distances.sum() / ((n - 1) * (n - 2))
    np.fill_diagonal(centred, 0.0)
    return centred


def distance_correlation(one: np.ndarray, other: np.ndarray) -> float:
    """Correlate the distances of the same samples in two spaces, without bias.

    Parameters
    ----------
    one, other
        (samples, samples) distances; at least 4 samples.

    Returns
    -------
    float
        R*, from −1 to 1: its mean is 0 where the spaces are independent, whatever their dimensions, and 1 where one is
        the other, rotated, moved and scaled. It is on the scale of a squared correlation. NaN where all distances of
        one space are equal.

    References
    ----------
    Székely and Rizzo, Annals of Statistics 42:2382–2412, 2014, equation 2.7 with definition 3.
    """
    first, second = centre(one), centre(other)
    scale = np.sqrt(np.sum(first**2) * np.sum(second**2))
    return float(np.sum(first * second) / scale) if scale > _rounding(one, other) else np.nan


def separate(space: np.ndarray, variable: np.ndarray, permutations: int, rng: np.random.Generator) -> Separation:
    """Test whether samples that are near in a space are alike in a variable.

    Parameters
    ----------
    space, variable
        (samples, samples) distances.
    permutations
        Permutations of the samples; all of them, exactly, where there are no more than that.
    rng
        Source of the permutations.

    Returns
    -------
    Separation
        NaN where the correlation is not defined: fewer than 4 samples, or equal distances.
    """
    score = distance_correlation(space, variable) if len(space) >= FEWEST else np.nan
    if np.isnan(score):
        return Separation(np.nan, np.nan, np.nan)
    first, second = centre(space), centre(variable)
    scale = np.sqrt(np.sum(first**2) * np.sum(second**2))

    def statistic(order: np.ndarray, axis: int) -> np.ndarray:
        return np.einsum("ij,...ij->...", first, second[order[..., :, None], order[..., None, :]]) / scale

    found = stats.permutation_test(
        (np.arange(len(space)),),
        statistic,
        permutation_type="pairings",
        vectorized=True,
        n_resamples=permutations,
        batch=BATCH,
        alternative="greater",
        rng=rng,
    )
    return Separation(score, float(np.quantile(found.null_distribution, 0.95)), float(found.pvalue))


def _rounding(one: np.ndarray, other: np.ndarray) -> float:
    """Give what rounding leaves of two matrices that are nothing once they are centred."""
    return 1e-12 * float(np.sqrt(np.sum(one**2) * np.sum(other**2)))
