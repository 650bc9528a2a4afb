"""A cohort from the user's own files: expression matrices and a sample sheet."""

import logging
from pathlib import Path
from typing import Any

import anndata

from syncohort.core.io import sha256
from syncohort.core.scale import Scale
from syncohort.sources.cohorts.assembly import assemble_cohort
from syncohort.sources.curation import SCALE_IN_DOUBT, Curation
from syncohort.sources.matrices.joining import join_matrices
from syncohort.sources.matrices.matrix import KEY, Matrix, read_matrix
from syncohort.sources.matrices.values import check_values
from syncohort.sources.raw import Conventions, Raw
from syncohort.sources.samples.sheet import match_sheet, read_sample_sheet, require_barcodes

logger = logging.getLogger("syncohort")


def read_local_cohort(
    settings: dict[str, Any], *, keep: dict[str, list[Any]], covariates: dict[str, Any], seed: int
) -> anndata.AnnData:
    """Read a cohort from files.

    Several matrices are joined on the genes they share, samples without a row in the sheet are left out, both
    counted; then the rules of `assemble_cohort` follow.

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
    files = [*settings["matrix"], *([settings["samples"]] if settings["samples"] else [])]
    return assemble_cohort(
        _read(settings, curation),
        keep=keep,
        covariates=covariates,
        curation=curation,
        seed=seed,
        settings={"local": settings},
        inputs={str(file): sha256(file) for file in files},
    )


def _read(settings: dict[str, Any], curation: Curation) -> Raw:
    """Read the matrices, and the sheet or what stands in for one."""
    scale = Scale(settings["scale"], settings["log2_offset"])
    matrix = _read_matrices(settings, scale, curation)
    if settings["samples"]:
        sheet = read_sample_sheet(Path(settings["samples"]), settings["columns"]["sample"])
        matrix = matrix.subset(samples=match_sheet(matrix, sheet, settings["genes_in"], curation))
        samples = sheet.loc[matrix.samples.index]
    else:
        samples = matrix.samples
        if samples.columns.empty:
            require_barcodes(matrix, settings["genes_in"])
    conventions = Conventions(
        key="source.local",
        matrix=KEY,
        scale=scale,
        patient=settings["columns"]["patient"],
        condition=settings["columns"]["condition"],
        labels=settings["conditions"],
        missing=settings["missing"],
        library_size=settings["library_size"],
    )
    return Raw(matrix, samples, conventions)


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
    return join_matrices(matrices, curation, KEY)
