"""Tumour against normal: the samples that are compared, and the fold change of every gene."""

import anndata
import numpy as np
import pandas as pd

from syncohort.core.cohort import NORMAL, TUMOUR, scale_of
from syncohort.core.errors import InputError

SIGNED_RANK, RANK_SUM = "signed_rank", "rank_sum"
# The fewest with which p < 0.05 can be reached at all: 2/2**6 for pairs, 2/comb(8, 4) for two groups.
FEWEST_PAIRS = 6
FEWEST_PER_GROUP = 4


def fold_change(cohort: anndata.AnnData, *, method: str = SIGNED_RANK, pseudo_count: float = 1.0) -> pd.DataFrame:
    """Compute log2((mean tumour + c) / (mean normal + c)) of arithmetic means on the linear scale.

    The means are over the samples that the test compares: the pairs for `signed_rank`, all samples for `rank_sum`.

    Parameters
    ----------
    cohort
        (samples, genes) filtered training samples.
    method
        The test's method.
    pseudo_count
        c > 0, in the unit of the linear scale.

    Returns
    -------
    DataFrame
        One row per gene: `gene`, `mean_tumour`, `mean_normal`, `log2_fold_change` (positive: higher in tumours).

    Raises
    ------
    InputError
        When a condition is missing, or there are too few pairs or samples.
    """
    scale, values = scale_of(cohort), np.asarray(cohort.X)
    mean_tumour, mean_normal = (
        scale.to_linear(values[samples]).mean(axis=0) for samples in compared_samples(cohort, method)
    )
    return pd.DataFrame(
        {
            "gene": cohort.var_names.astype(object),
            "mean_tumour": mean_tumour,
            "mean_normal": mean_normal,
            "log2_fold_change": log2_ratio(mean_tumour, mean_normal, pseudo_count),
        }
    )


def log2_ratio(mean_tumour: np.ndarray, mean_normal: np.ndarray, pseudo_count: float) -> np.ndarray:
    """Log2 fold change of (genes,) linear means, both raised by a pseudo-count."""
    return np.log2((mean_tumour + pseudo_count) / (mean_normal + pseudo_count))


def compared_samples(cohort: anndata.AnnData, method: str) -> tuple[np.ndarray, np.ndarray]:
    """Positions of the tumour and the normal samples that a test compares.

    Parameters
    ----------
    cohort
        (samples, genes) training samples.
    method
        `signed_rank` or `rank_sum`.

    Returns
    -------
    tumour, normal : numpy.ndarray
        Positions in the cohort. For `signed_rank` both have one per matched patient, in the same order.

    Raises
    ------
    InputError
        When a condition is missing, a patient has several samples of one, or there are too few pairs or samples to
        reach p < 0.05.
    """
    condition = cohort.obs["condition"].astype(str).to_numpy()
    tumour, normal = np.flatnonzero(condition == TUMOUR), np.flatnonzero(condition == NORMAL)
    for name, samples in ((TUMOUR, tumour), (NORMAL, normal)):
        if not len(samples):
            raise InputError(
                f"The training samples include no {name} samples, so tumour cannot be compared with normal and "
                "selection deg is not possible. Choose selection pathway, list or all, or a source with "
                f"{name} samples."
            )
    if method == RANK_SUM:
        if min(len(tumour), len(normal)) < FEWEST_PER_GROUP:
            raise InputError(
                f"The rank-sum test needs at least {FEWEST_PER_GROUP} samples of each condition, and the training "
                f"samples include {len(tumour)} tumour and {len(normal)} normal samples. Choose selection pathway, "
                "list or all, or add samples."
            )
        return tumour, normal
    patient = cohort.obs["patient_id"].astype(str).to_numpy()
    for samples, name in ((tumour, TUMOUR), (normal, NORMAL)):
        repeated = pd.Series(patient[samples]).value_counts()
        if repeated.iloc[0] > 1:
            raise InputError(
                f"The paired test needs one {name} sample per patient, and patient {repeated.index[0]!r} has "
                f"{repeated.iloc[0]}. Keep one tissue or site (samples.keep), or choose selection pathway, list or all."
            )
    matched, first, second = np.intersect1d(patient[tumour], patient[normal], return_indices=True)
    if len(matched) < FEWEST_PAIRS:
        raise InputError(
            f"The paired test needs tumour and normal samples of the same patient from at least {FEWEST_PAIRS} "
            f"patients, and {len(matched)} training patients have both (of {len(tumour)} tumour and {len(normal)} "
            "normal samples). Set expression.test.method: rank_sum to compare unpaired samples."
        )
    return tumour[first], normal[second]
