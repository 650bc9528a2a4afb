"""A cohort from the user's own files: expression matrices and a sample sheet, curated by documented rules."""

import logging
from pathlib import Path
from typing import Any

import anndata
import numpy as np
import pandas as pd

from syncohort.core.cohort import NORMAL, TUMOUR, make_cohort
from syncohort.core.errors import InputError
from syncohort.core.io import sha256
from syncohort.core.provenance import provenance
from syncohort.core.scale import Scale
from syncohort.sources import covariates as covariate_rules
from syncohort.sources.curation import SCALE_IN_DOUBT, Curation
from syncohort.sources.genes import strongest
from syncohort.sources.matrix import Matrix, read_matrix
from syncohort.sources.sample_sheet import (
    conditions,
    match_sheet,
    patients,
    read_sample_sheet,
    replicates,
    require_barcodes,
)
from syncohort.sources.values import check_values, normalise_library_size

logger = logging.getLogger("syncohort")


def read_local_cohort(
    settings: dict[str, Any], *, keep: dict[str, list[Any]], covariates: dict[str, Any], seed: int
) -> anndata.AnnData:
    """Read a cohort from files.

    The rules, in this order, each counted in the curation table: several matrices are joined on the genes they
    share; samples without a row in the sheet, of neither condition, not asked for by `keep`, without a covariate
    and repetitions of another sample are left out; genes without a name are left out; genes with missing values are
    left out or completed; of several rows of one gene the one with the highest mean stays; counts are brought to
    the median library size.

    Parameters
    ----------
    settings
        The complete mapping `source.local`.
    keep
        Column of the sample sheet → values to keep.
    covariates
        `categorical` and `numeric`, columns of the sample sheet to carry; `missing`, `error` or `drop_samples`.
    seed
        Seed of the job, for the provenance record; nothing here is random.

    Returns
    -------
    AnnData
        The cohort, samples and genes in the order of the matrix; `obs` has `library_size` for normalised counts.

    Raises
    ------
    InputError
        For every input that cannot be used, naming the key or file to change.
    """
    curation = Curation()
    scale = Scale(settings["scale"], settings["log2_offset"])
    matrix = _read_matrices(settings, scale, curation)
    matrix, obs = _choose_samples(matrix, settings, keep, covariates, curation)
    matrix = _choose_genes(matrix, settings["missing"], scale, curation)
    values = matrix.values
    if scale.name == "counts" and settings["library_size"] == "median":
        values, obs["library_size"] = normalise_library_size(values)
        rule = "counts ÷ library size × the cohort's median library size"
        curation.note("samples brought to one library size", len(obs), len(obs), rule)
    samples, genes = values.shape
    tumours = int((obs["condition"] == TUMOUR).sum())
    curation.note("samples in the cohort", samples, samples, f"{tumours} {TUMOUR}, {samples - tumours} {NORMAL}")
    curation.note("genes in the cohort", genes, genes, "one row per gene symbol")
    files = [*settings["matrix"], *([settings["samples"]] if settings["samples"] else [])]
    record = provenance(
        seed=seed,
        settings={"source": {"local": settings}, "samples": {"keep": keep}, "covariates": covariates},
        inputs={str(file): sha256(file) for file in files},
    )
    var = matrix.genes.set_index("gene").fillna("").astype(str)
    return make_cohort(values, obs, var, scale, record, curation.table())


def _read_matrices(settings: dict[str, Any], scale: Scale, curation: Curation) -> Matrix:
    """Read and check every matrix and join them."""
    matrices = []
    for path in map(Path, settings["matrix"]):
        matrix = read_matrix(path, settings["genes_in"])
        samples, genes = matrix.values.shape
        doubt = check_values(matrix, scale, path)
        if doubt:
            logger.warning(doubt)
            curation.note(SCALE_IN_DOUBT, samples, samples, doubt)
        curation.note("samples read", samples, samples, path.name)
        curation.note("genes read", genes, genes, path.name)
        matrices.append(matrix)
    return matrices[0] if len(matrices) == 1 else _join(matrices, curation)


def _join(matrices: list[Matrix], curation: Curation) -> Matrix:
    """Put matrices of different samples side by side, on the genes that all of them have."""
    columns = [name for name in matrices[0].genes if all(name in matrix.genes for matrix in matrices)]
    aligned = []
    for matrix in matrices:
        keys = matrix.genes[columns].fillna("").agg("|".join, axis=1)
        single = strongest(matrix.values, keys)
        curation.note_any(
            "rows with the same gene names", (~single).sum(), len(single), "before joining, the highest mean is kept"
        )
        matrix = matrix.subset(genes=single)
        matrix.genes.index = pd.Index(keys[single])
        aligned.append(matrix)
    shared = aligned[0].genes.index
    for matrix in aligned[1:]:
        shared = shared[shared.isin(matrix.genes.index)]
    everything = set().union(*(matrix.genes.index for matrix in aligned))
    if shared.empty:
        raise InputError("source.local.matrix: the files share no genes. Give files that name genes in the same way.")
    samples = pd.concat([matrix.samples for matrix in aligned])
    repeated = samples.index[samples.index.duplicated()]
    if len(repeated):
        raise InputError(
            f"source.local.matrix: the sample {repeated[0]!r} is in more than one file ({len(repeated)} such samples). "
            "Every sample needs a name of its own."
        )
    curation.note_any("genes not in every file", len(everything) - len(shared), len(everything), "left out by the join")
    values = np.concatenate([matrix.values[:, matrix.genes.index.get_indexer(shared)] for matrix in aligned])
    return Matrix(values, samples, aligned[0].genes.loc[shared].reset_index(drop=True))


def _choose_samples(
    matrix: Matrix,
    settings: dict[str, Any],
    keep: dict[str, list[Any]],
    covariates: dict[str, Any],
    curation: Curation,
) -> tuple[Matrix, pd.DataFrame]:
    """Take the samples that belong to the cohort and describe them."""
    if settings["samples"]:
        sheet = read_sample_sheet(Path(settings["samples"]), settings["columns"]["sample"])
        matrix = matrix.subset(samples=match_sheet(matrix, sheet, settings["genes_in"], curation))
        samples = sheet.loc[matrix.samples.index]
    else:
        samples = matrix.samples
        if samples.columns.empty:
            require_barcodes(matrix, settings["genes_in"])

    samples = samples[covariate_rules.kept(samples, keep, curation)]
    condition = conditions(samples, settings["columns"]["condition"], settings["conditions"], curation)
    samples = samples[condition.notna()]
    samples = samples[covariate_rules.complete(samples, covariates, curation)]
    obs = covariate_rules.typed(samples, covariates)
    obs.insert(0, "patient_id", patients(samples, settings["columns"]["patient"], curation))
    obs.insert(1, "condition", condition[obs.index])

    repeated = replicates(obs, covariates["categorical"])
    same = ", ".join(["patient", "condition", *covariates["categorical"]])
    curation.note_any("repeated samples", repeated.sum(), len(obs), f"left out: same {same}; first in name order kept")
    obs = obs[~repeated].copy()
    return matrix.subset(samples=matrix.samples.index.get_indexer(obs.index)), obs


def _choose_genes(matrix: Matrix, missing: str, scale: Scale, curation: Curation) -> Matrix:
    """Take the genes that have a name and values, each once."""
    named = matrix.genes["gene"].notna().to_numpy()
    curation.note_any("genes without a name", (~named).sum(), len(named), "left out: `?`, `NA` or empty")
    if not named.any():
        raise InputError("source.local.matrix: no row has a gene name. The first column must hold gene symbols or ids.")
    matrix = matrix.subset(genes=named)

    absent = np.isnan(matrix.values)
    incomplete = absent.any(axis=0)
    if missing == "drop_genes":
        curation.note_any("genes with missing values", incomplete.sum(), len(incomplete), "left out")
        matrix = matrix.subset(genes=~incomplete)
    elif incomplete.any():
        if np.isinf(scale.minimum):
            raise InputError(
                "source.local.missing: zero needs a scale on which an expression of zero has a value, and log2(x + 0) "
                "has none. Set source.local.missing: drop_genes, or source.local.log2_offset if it is not 0."
            )
        rule = f"not detected: set to {scale.minimum:.4g}, an expression of zero"
        curation.note("genes with missing values", incomplete.sum(), len(incomplete), rule)
        matrix = Matrix(np.where(absent, np.float32(scale.minimum), matrix.values), matrix.samples, matrix.genes)
    if not matrix.genes.shape[0]:
        emptiest = absent.sum(axis=1)
        raise InputError(
            f"source.local.missing: no gene is left, since every one of {len(incomplete)} has a missing value; sample "
            f"{matrix.samples.index[emptiest.argmax()]!r} lacks {emptiest.max()}. Set source.local.missing: zero, or "
            "remove such samples from the sheet."
        )
    single = strongest(matrix.values, matrix.genes["gene"])
    curation.note_any(
        "repeated gene symbols", (~single).sum(), len(single), "left out: of each gene the row of highest mean is kept"
    )
    return matrix.subset(genes=single)
