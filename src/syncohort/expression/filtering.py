"""Samples and genes that carry no expression at all, found among a split's training samples."""

import logging

import anndata
import numpy as np
import pandas as pd

from syncohort.core.cohort import scale_of
from syncohort.core.errors import InputError

SAMPLE, GENE = "sample", "gene"
NO_EXPRESSION = {SAMPLE: "no expression in any gene", GENE: "no expression in any training sample"}

logger = logging.getLogger("syncohort")


def find_unexpressed(cohort: anndata.AnnData) -> pd.DataFrame:
    """List the samples that are zero in every gene, and the genes that are zero in every sample left.

    Zero means no expression: the smallest value the cohort's scale allows.

    Parameters
    ----------
    cohort
        (samples, genes) the training samples of a split, of both conditions.

    Returns
    -------
    DataFrame
        One row per removed sample or gene: `kind` (`sample` or `gene`), `name`, `reason`.

    Raises
    ------
    InputError
        When nothing would be left.
    """
    expressed = _expressed(cohort)
    in_sample, in_gene = expressed.any(axis=1), expressed.any(axis=0)
    if not in_sample.any():
        raise InputError(
            f"All {cohort.n_obs:,} training samples are zero in all {cohort.n_vars:,} genes, so nothing can be "
            "learnt from them. Check the expression matrix and the scale declared for it."
        )
    removed = {SAMPLE: cohort.obs_names[~in_sample], GENE: cohort.var_names[~in_gene]}
    logger.info(
        "the filter removes %d of %d samples and %d of %d genes, which have no expression",
        len(removed[SAMPLE]), cohort.n_obs, len(removed[GENE]), cohort.n_vars,
    )  # fmt: skip
    rows = [(kind, name, NO_EXPRESSION[kind]) for kind, names in removed.items() for name in names]
    return pd.DataFrame(rows, columns=["kind", "name", "reason"], dtype=object)


def expressed_samples(cohort: anndata.AnnData) -> anndata.AnnData:
    """Give the samples that have any expression; of held-out samples, whose genes are chosen elsewhere."""
    return cohort[_expressed(cohort).any(axis=1)].copy()


def drop_removed(cohort: anndata.AnnData, removed: pd.DataFrame) -> anndata.AnnData:
    """Give the cohort without the samples and genes that `removed` (see `find_unexpressed`) names."""
    names = {kind: removed.loc[removed["kind"] == kind, "name"].astype(str) for kind in (SAMPLE, GENE)}
    return cohort[~cohort.obs_names.isin(names[SAMPLE]), ~cohort.var_names.isin(names[GENE])].copy()


def _expressed(cohort: anndata.AnnData) -> np.ndarray:
    """Mask (samples, genes) of values above no expression, which is the smallest the scale allows."""
    # A log2 minimum has no exact float32, so it is rounded as the stored values were.
    return np.asarray(cohort.X) > np.float32(scale_of(cohort).minimum)
