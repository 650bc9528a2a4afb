"""Wilcoxon's tests for many genes at once, each gene treated as a test of it alone would be."""

from collections.abc import Iterator
from functools import partial

import numpy as np
from scipy import stats

# Up to this number of pairs SciPy takes all sign flips where ties or zeros rule out its exact distribution.
MOST_FLIPPED = 13
# R's wilcox.test computes exact rank-sum probabilities when both groups are smaller than this.
EXACT_BELOW = 50
# Numbers in one temporary array (32 MB), so that memory does not grow with the genes.
BLOCK = 4_000_000


def signed_rank(differences: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Wilcoxon signed-rank test of every gene, two-sided, with continuity correction.

    SciPy decides between the exact and the approximate test once for a whole array, so that one tie in one gene
    changes the p-values of all. Here genes with ties or zeros go apart, and each gene gets what
    `scipy.stats.wilcoxon` gives for it alone: exact for up to 50 pairs without ties and zeros; all sign flips for
    up to 13 pairs with them; else the normal approximation corrected for ties.

    Parameters
    ----------
    differences
        (genes, pairs) tumour minus normal.

    Returns
    -------
    statistic : numpy.ndarray
        (genes,) the smaller of the two signed-rank sums.
    p_value : numpy.ndarray
        (genes,) p-values; 1 where all differences are zero.

    References
    ----------
    Wilcoxon (1945), Biometrics Bulletin 1(6), 80-83.
    """
    genes, pairs = differences.shape
    statistic, p_value = np.zeros(genes), np.ones(genes)
    zeros = differences == 0
    irregular = zeros.any(axis=1) | _has_ties(np.abs(differences))
    by_scipy = partial(stats.wilcoxon, correction=True, axis=1), pairs
    by_flips = _signed_rank_by_flips, 2**pairs
    for group, (test, numbers_per_gene) in (
        (~irregular, by_scipy),
        (irregular & ~zeros.all(axis=1), by_flips if pairs <= MOST_FLIPPED else by_scipy),
    ):
        for block in _blocks(np.flatnonzero(group), numbers_per_gene):
            statistic[block], p_value[block] = test(differences[block].astype(np.float64))
    return statistic, p_value


def rank_sum(tumour: np.ndarray, normal: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Wilcoxon rank-sum (Mann-Whitney) test of every gene, two-sided, with continuity correction.

    Exact where R's `wilcox.test` is: fewer than 50 samples in both groups and no ties in the gene; else the normal
    approximation corrected for ties.

    Parameters
    ----------
    tumour, normal
        (genes, samples of the condition) expression; any monotone scale gives the same result.

    Returns
    -------
    statistic : numpy.ndarray
        (genes,) Mann-Whitney's U of the tumours.
    p_value : numpy.ndarray
        (genes,) p-values; 1 where all values are equal.

    References
    ----------
    Mann and Whitney (1947), Annals of Mathematical Statistics 18(1), 50-60.
    """
    genes, samples = len(tumour), tumour.shape[1] + normal.shape[1]
    statistic, p_value = np.empty(genes), np.empty(genes)
    small = max(tumour.shape[1], normal.shape[1]) < EXACT_BELOW
    exact = ~_has_ties(np.hstack([tumour, normal])) if small else np.zeros(genes, dtype=bool)
    for group, method in ((exact, "exact"), (~exact, "asymptotic")):
        for block in _blocks(np.flatnonzero(group), samples):
            # SciPy computes in the type it gets, and in float32 a small p-value is 0.
            rows = tumour[block].astype(np.float64), normal[block].astype(np.float64)
            statistic[block], p_value[block] = stats.mannwhitneyu(*rows, axis=1, method=method)
    return statistic, p_value


def _signed_rank_by_flips(differences: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Exact test with ties and zeros: SciPy's permutation test, but ranking a gene once and not for every flip."""
    pairs = differences.shape[1]
    zeros = (differences == 0).sum(axis=1, keepdims=True)
    ranks = (stats.rankdata(np.abs(differences), axis=1) - zeros) * (differences != 0)
    positive = (ranks * (differences > 0)).sum(axis=1)
    flips = np.arange(2**pairs)[:, None] >> np.arange(pairs) & 1
    # Ranks are whole or half numbers, so the sums are exact and may be compared.
    sums = ranks @ flips.T.astype(np.float64)
    at_most, at_least = (sums <= positive[:, None]).mean(axis=1), (sums >= positive[:, None]).mean(axis=1)
    statistic = np.minimum(positive, ranks.sum(axis=1) - positive)
    return statistic, np.minimum(1.0, 2 * np.minimum(at_most, at_least))


def _has_ties(values: np.ndarray) -> np.ndarray:
    """(genes,) whether any two values of a row are equal."""
    ordered = np.sort(values, axis=1)
    return (ordered[:, 1:] == ordered[:, :-1]).any(axis=1)


def _blocks(genes: np.ndarray, numbers_per_gene: int) -> Iterator[np.ndarray]:
    """Cut `genes` into pieces that keep temporary arrays at about `BLOCK` numbers."""
    size = max(1, BLOCK // numbers_per_gene)
    return (genes[start : start + size] for start in range(0, len(genes), size))
