"""Differential expression between tumour and normal: the test of every gene."""

import logging
from math import comb

import anndata
import numpy as np
import pandas as pd

from syncohort.core.cohort import scale_of
from syncohort.expression.correction import BENJAMINI_HOCHBERG, BONFERRONI, adjust
from syncohort.expression.fold_change import SIGNED_RANK, compared_samples
from syncohort.expression.rank_tests import rank_sum, signed_rank

# A difference of two float32 values below 64 is off by less than half of the fifth decimal.
DECIMALS = 5

logger = logging.getLogger("syncohort")


def compare_conditions(
    cohort: anndata.AnnData, *, method: str = SIGNED_RANK, correction: str = BONFERRONI, alpha: float = 0.05
) -> pd.DataFrame:
    """Test every gene for a difference between tumour and normal.

    The paired test ranks differences of log expression (log1p of linear values, log2 as given): there a difference
    is a log fold change, symmetric in up and down as the test assumes, and no patient counts for more because all
    their values are high. Differences are rounded to five decimals, which float32 still resolves, since equal
    differences must stay ties: 0.3 - 0.2 and 0.2 - 0.1 differ in binary. R calls this `digits.rank`. The rank-sum
    test takes the values as they are, its result being the same on every monotone scale.

    Parameters
    ----------
    cohort
        (samples, genes) filtered training samples; at most one sample per patient and condition.
    method
        `signed_rank` on the patients that have both conditions, or `rank_sum` on all samples.
    correction
        `bonferroni`, which multiplies by the number of genes, or `benjamini_hochberg`.
    alpha
        A gene is significant when its adjusted p-value is at most this.

    Returns
    -------
    DataFrame
        One row per gene: `gene`, `n` (pairs or samples), `statistic`, `p_value`, `p_adjusted`, `significant`.

    Raises
    ------
    InputError
        When a condition is missing, or there are too few pairs or samples to reach p < 0.05.
    """
    tumour, normal = compared_samples(cohort, method)
    values = np.asarray(cohort.X)
    if method == SIGNED_RANK:
        logs = scale_of(cohort).to_log(values.astype(np.float64))
        statistic, p_value = signed_rank(np.round(logs[tumour] - logs[normal], DECIMALS).T)
        n, outcomes = len(tumour), 2 ** len(tumour)
    else:
        statistic, p_value = rank_sum(values[tumour].T, values[normal].T)
        n, outcomes = len(tumour) + len(normal), comb(len(tumour) + len(normal), len(tumour))
    if correction == BONFERRONI and cohort.n_vars * 2 / outcomes > alpha:
        logger.warning(
            "With %d %s no gene can be significant after Bonferroni's correction for %d genes, whatever the data: "
            "set expression.test.correction: %s.",
            n, "pairs" if method == SIGNED_RANK else "samples", cohort.n_vars, BENJAMINI_HOCHBERG,
        )  # fmt: skip
    p_adjusted = adjust(p_value, correction)
    significant = p_adjusted <= alpha
    logger.info("%d of %d genes are significant (%s, %s)", significant.sum(), cohort.n_vars, method, correction)
    return pd.DataFrame(
        {
            "gene": cohort.var_names.astype(object),
            "n": n,
            "statistic": statistic,
            "p_value": p_value,
            "p_adjusted": p_adjusted,
            "significant": significant,
        }
    )
