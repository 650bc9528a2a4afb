"""Means with confidence intervals."""

from collections.abc import Sequence

import numpy as np
from scipy import stats

RESAMPLES = 2000


def mean_interval(values: Sequence[float], confidence: float = 0.95, repeats: int = 1) -> tuple[float, float, float]:
    """Mean and its two-sided interval by Student's t.

    Parameters
    ----------
    values
        Independent measurements; NaN are left out. Folds share training samples, so over folds it is approximate.
    confidence
        Coverage of the interval, between 0 and 1.
    repeats
        How many of the values are of the same patients, as in a cross-validation that was repeated. They make the
        spread better known, but no more patients: the interval is t s / √(n / repeats) wide to either side.

    Returns
    -------
    tuple
        Mean, lower and upper limit; NaN where there are no values, and NaN limits for a single one.
    """
    values = np.asarray(values, dtype=np.float64)
    values = values[~np.isnan(values)]
    if len(values) < 2:
        return (float(values[0]) if len(values) else np.nan), np.nan, np.nan
    mean = float(values.mean())
    margin = float(stats.t.ppf((1 + confidence) / 2, len(values) - 1) * stats.sem(values) * np.sqrt(repeats))
    return mean, mean - margin, mean + margin


def bootstrap_interval(
    values: Sequence[float], rng: np.random.Generator, confidence: float = 0.95
) -> tuple[float, float, float]:
    """Mean and its two-sided percentile interval over bootstrap samples of the values.

    Parameters
    ----------
    values
        Independent measurements, such as one per patient; of a paired comparison, the differences. NaN are left out.
    rng
        Source of the bootstrap samples.
    confidence
        Coverage of the interval, between 0 and 1.

    Returns
    -------
    tuple
        Mean, lower and upper limit; NaN where there are no values, and NaN limits for a single one.
    """
    values = np.asarray(values, dtype=np.float64)
    values = values[~np.isnan(values)]
    if len(values) < 2:
        return (float(values[0]) if len(values) else np.nan), np.nan, np.nan
    found = stats.bootstrap(
        (values,), np.mean, confidence_level=confidence, n_resamples=RESAMPLES, method="percentile", rng=rng
    ).confidence_interval
    return float(values.mean()), float(found.low), float(found.high)
