"""The expression cohort every wing reads: one AnnData file, samples × genes."""

import io
import json
from pathlib import Path
from typing import Any

import anndata
import h5py
import numpy as np
import pandas as pd
from anndata.io import write_elem

from syncohort.core.errors import InputError
from syncohort.core.io import write_bytes
from syncohort.core.scale import Scale

TUMOUR = "tumour"
NORMAL = "normal"
CONDITIONS = (NORMAL, TUMOUR)


def make_cohort(
    values: np.ndarray,
    samples: pd.DataFrame,
    genes: pd.DataFrame,
    scale: Scale,
    provenance: dict[str, Any],
    curation: pd.DataFrame | None = None,
) -> anndata.AnnData:
    """Join a matrix and its annotation in the cohort contract.

    Parameters
    ----------
    values
        (samples, genes) expression on `scale`.
    samples
        (samples, ·) indexed by `sample_id`, with `patient_id`, `condition` (`tumour` or `normal`) and covariates.
    genes
        (genes, ·) indexed by gene symbol, with `ensembl_id` where it is known.
    scale
        Scale of `values`.
    provenance
        The record of `syncohort.core.provenance.provenance`.
    curation
        What was done to the source to get here: columns `step`, `number`, `of`, `rule`.

    Returns
    -------
    AnnData
        `X` float32; `uns` holds `scale`, `log2_offset`, `provenance` and `curation` (both JSON).
    """
    cohort = anndata.AnnData(X=np.ascontiguousarray(values, dtype=np.float32), obs=samples.copy(), var=genes.copy())
    cohort.obs.index.name = "sample_id"
    cohort.var.index.name = "gene"
    cohort.uns["scale"] = scale.name
    cohort.uns["log2_offset"] = scale.log2_offset
    cohort.uns["provenance"] = json.dumps(provenance, sort_keys=True)
    if curation is None:
        curation = pd.DataFrame(columns=["step", "number", "of", "rule"])
    cohort.uns["curation"] = curation.to_json(orient="records")
    return cohort


def write_cohort(cohort: anndata.AnnData, path: str | Path) -> None:
    """Write a cohort as `.h5ad`; equal cohorts give equal bytes."""
    content = io.BytesIO()
    with h5py.File(content, "w") as file:
        write_elem(file, "/", cohort, dataset_kwargs={"compression": "gzip"})
    write_bytes(content.getvalue(), path)


def read_cohort(path: str | Path) -> anndata.AnnData:
    """Read a cohort written by `write_cohort`.

    Raises
    ------
    InputError
        When the file is not a cohort of this contract.
    """
    cohort = anndata.read_h5ad(path)
    missing = [column for column in ("patient_id", "condition") if column not in cohort.obs]
    if missing or "scale" not in cohort.uns:
        raise InputError(
            f"{path} is not a Syncohort cohort: it lacks {', '.join(missing) or 'uns[scale]'}. "
            "Delete it and run the workflow again."
        )
    return cohort


def read_samples(path: str | Path) -> pd.DataFrame:
    """Read only the samples of a cohort, `obs`, and leave the matrix on disk."""
    cohort = anndata.read_h5ad(path, backed="r")
    try:
        return cohort.obs
    finally:
        cohort.file.close()


def scale_of(cohort: anndata.AnnData) -> Scale:
    """Scale of the cohort's values."""
    return Scale(str(cohort.uns["scale"]), float(cohort.uns["log2_offset"]))


def tumour_expression(cohort: anndata.AnnData) -> pd.DataFrame:
    """Log expression (`Scale.to_log`) of the tumour by patient, the mean over a patient's tumour samples.

    Returns
    -------
    DataFrame
        (patients, genes) by `patient_id`, float32.
    """
    tumours = cohort[(cohort.obs["condition"] == TUMOUR).to_numpy()]
    patients = pd.Index(tumours.obs["patient_id"].astype(str), name="patient_id")
    log = pd.DataFrame(np.asarray(scale_of(cohort).to_log(tumours.X)), patients, tumours.var_names)
    return log.groupby(level=0).mean()


def provenance_of(cohort: anndata.AnnData) -> dict[str, Any]:
    """Provenance record of the cohort."""
    return json.loads(cohort.uns["provenance"])


def curation_of(cohort: anndata.AnnData) -> pd.DataFrame:
    """What was done to the source: columns `step`, `number`, `of`, `rule`."""
    return pd.DataFrame(json.loads(cohort.uns["curation"]), columns=["step", "number", "of", "rule"])
