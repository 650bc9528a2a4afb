"""From what a source was read into to a cohort, by rules that all sources share and that are counted."""

from collections.abc import Mapping, Sequence
from typing import Any

import anndata
import numpy as np
import pandas as pd

from syncohort.core.cohort import NORMAL, TUMOUR, make_cohort
from syncohort.core.errors import InputError
from syncohort.core.provenance import provenance
from syncohort.sources.curation import Curation
from syncohort.sources.genes.annotation import strongest
from syncohort.sources.matrices.matrix import Matrix
from syncohort.sources.matrices.values import normalise_library_size
from syncohort.sources.raw import Conventions, Raw
from syncohort.sources.samples import covariates as covariate_rules
from syncohort.sources.samples.identity import conditions, patients, replicates


def assemble_cohort(
    raw: Raw,
    *,
    keep: dict[str, list[Any]],
    covariates: dict[str, Any],
    curation: Curation,
    seed: int,
    settings: dict[str, Any],
    inputs: dict[str, str],
    datasets: Sequence[Mapping[str, Any]] = (),
) -> anndata.AnnData:
    """Make a cohort of what a source was read into.

    The rules, in this order, each counted in the curation table: samples not asked for by `keep`, of neither
    condition, without a covariate and repetitions of another sample are left out; genes without a name are left out;
    genes with missing values are left out or completed; of several rows of one gene the one with the highest mean
    stays; counts are brought to the median library size.

    Parameters
    ----------
    raw
        The source as it was read.
    keep
        Column of the samples → values to keep.
    covariates
        `categorical` and `numeric`, columns of the samples to carry; `missing`, `error` or `drop_samples`.
    curation
        What was counted while reading; the counts of these rules follow.
    seed
        Seed of the job, for the provenance record; nothing here is random.
    settings
        The complete mapping `source`, for the provenance record.
    inputs
        Name of each file that was read and its SHA-256.
    datasets
        Name, version, licence and citation of each public dataset that was read.

    Returns
    -------
    AnnData
        The cohort, samples and genes in the order of the matrix; `obs` has `library_size` for normalised counts.

    Raises
    ------
    InputError
        For everything that cannot be used, naming the key to change.
    """
    use = raw.conventions
    matrix, obs = _choose_samples(raw, keep, covariates, curation)
    matrix = _choose_genes(matrix, use, curation)
    values = matrix.values
    if use.scale.name == "counts" and use.library_size == "median":
        values, obs["library_size"] = normalise_library_size(values)
        rule = "counts ÷ library size × the cohort's median library size"
        curation.note("samples brought to one library size", len(obs), len(obs), rule)
    samples, genes = values.shape
    tumours = int((obs["condition"] == TUMOUR).sum())
    curation.note("samples in the cohort", samples, samples, f"{tumours} {TUMOUR}, {samples - tumours} {NORMAL}")
    curation.note("genes in the cohort", genes, genes, "one row per gene symbol")
    record = provenance(
        seed=seed,
        settings={"source": settings, "samples": {"keep": keep}, "covariates": covariates},
        inputs=inputs,
        datasets=datasets,
    )
    var = matrix.genes.set_index("gene").fillna("").astype(str)
    return make_cohort(values, obs, var, use.scale, record, curation.table())


def _choose_samples(
    raw: Raw, keep: dict[str, list[Any]], covariates: dict[str, Any], curation: Curation
) -> tuple[Matrix, pd.DataFrame]:
    """Take the samples that belong to the cohort and describe them."""
    samples, use = raw.samples, raw.conventions
    samples = samples[covariate_rules.kept(samples, keep, curation)]
    condition = conditions(samples, use, curation)
    samples = samples[condition.notna()]
    samples = samples[covariate_rules.complete(samples, covariates, curation)]
    obs = covariate_rules.typed(samples, covariates)
    obs.insert(0, "patient_id", patients(samples, use, curation))
    obs.insert(1, "condition", condition[obs.index])

    repeated = replicates(obs, covariates["categorical"])
    same = ", ".join(["patient", "condition", *covariates["categorical"]])
    curation.note_any("repeated samples", repeated.sum(), len(obs), f"left out: same {same}; first in name order kept")
    obs = obs[~repeated].copy()
    return raw.matrix.subset(samples=raw.matrix.samples.index.get_indexer(obs.index)), obs


def _choose_genes(matrix: Matrix, use: Conventions, curation: Curation) -> Matrix:
    """Take the genes that have a name and values, each once."""
    named = matrix.genes["gene"].notna().to_numpy()
    curation.note_any("genes without a name", (~named).sum(), len(named), "left out: `?`, `NA` or empty")
    if not named.any():
        raise InputError(f"{use.matrix}: no row has a gene name. The first column must hold gene symbols or ids.")
    matrix = matrix.subset(genes=named)

    absent = np.isnan(matrix.values)
    incomplete = absent.any(axis=0)
    if use.missing == "drop_genes":
        curation.note_any("genes with missing values", incomplete.sum(), len(incomplete), "left out")
        matrix = matrix.subset(genes=~incomplete)
    elif incomplete.any():
        if np.isinf(use.scale.minimum):
            raise InputError(
                f"{use.key}.missing: zero needs a scale on which an expression of zero has a value, and log2(x + 0) "
                f"has none. Set {use.key}.missing: drop_genes, or {use.key}.log2_offset if it is not 0."
            )
        rule = f"not detected: set to {use.scale.minimum:.4g}, an expression of zero"
        curation.note("genes with missing values", incomplete.sum(), len(incomplete), rule)
        matrix = Matrix(np.where(absent, np.float32(use.scale.minimum), matrix.values), matrix.samples, matrix.genes)
    if not matrix.genes.shape[0]:
        emptiest = absent.sum(axis=1)
        raise InputError(
            f"{use.key}.missing: no gene is left, since every one of {len(incomplete)} has a missing value; sample "
            f"{matrix.samples.index[emptiest.argmax()]!r} lacks {emptiest.max()}. Set {use.key}.missing: zero, or "
            "remove such samples from the sheet."
        )
    single = strongest(matrix.values, matrix.genes["gene"])
    curation.note_any(
        "repeated gene symbols", (~single).sum(), len(single), "left out: of each gene the row of highest mean is kept"
    )
    return matrix.subset(genes=single)
