"""A cohort from a public source: one module per service reads its files, the rules of all sources do the rest."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import anndata

from syncohort.sources.cohorts.assembly import assemble_cohort
from syncohort.sources.curation import Curation
from syncohort.sources.download.cache import Dataset, read_record
from syncohort.sources.download.fetched import describe_dataset
from syncohort.sources.matrices.values import require_plausible
from syncohort.sources.services import cgga, gdc, geo, gtex, rnaseqdb, xena

# Source → its module, with the function `read(settings, datasets, curation) -> Raw`.
READERS: dict[str, ModuleType] = {
    "gdc": gdc,
    "cgga": cgga,
    "gtex": gtex,
    "xena": xena,
    "rnaseqdb": rnaseqdb,
    "geo": geo,
}


def read_public_cohort(
    source: dict[str, Any],
    records: Sequence[Path],
    *,
    keep: dict[str, list[Any]],
    covariates: dict[str, Any],
    seed: int,
) -> anndata.AnnData:
    """Read a cohort from fetched datasets.

    Parameters
    ----------
    source
        The complete mapping `source`, with one key.
    records
        Records of the datasets, in the order of the settings.
    keep
        Column of the samples → values to keep.
    covariates
        `categorical` and `numeric`, columns of the samples to carry; `missing`, `error` or `drop_samples`.
    seed
        Seed of the job, for the provenance record; nothing here is random.

    Raises
    ------
    InputError
        When fetched files are damaged, or settings name what the source does not have.
    """
    name, settings = next(iter(source.items()))
    datasets = {dataset.name: dataset for dataset in map(read_record, records)}
    curation = Curation()
    raw = READERS[name].read(settings, datasets, curation)
    require_plausible(raw.matrix, raw.conventions.scale, raw.conventions.key)
    return assemble_cohort(
        raw,
        keep=keep,
        covariates=covariates,
        curation=curation,
        seed=seed,
        settings=source,
        inputs={f"{dataset.name}, list of checksums": _checksum(dataset) for dataset in datasets.values()},
        datasets=[describe_dataset(dataset) for dataset in datasets.values()],
    )


def _checksum(dataset: Dataset) -> str:
    """SHA-256 of the list that `sha256sum` would print of the dataset's files."""
    lines = sorted(f"{file['sha256']}  {file['name']}\n" for file in dataset.record["files"])
    return hashlib.sha256("".join(lines).encode()).hexdigest()
