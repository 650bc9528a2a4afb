"""Genomic Data Commons: expression of any project with open STAR counts, its samples and its cases."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from syncohort.core.errors import InputError
from syncohort.core.io import read_json
from syncohort.core.scale import Scale
from syncohort.sources.curation import Curation
from syncohort.sources.download.cache import Dataset
from syncohort.sources.download.client import Client
from syncohort.sources.download.fetched import find_file, find_files
from syncohort.sources.download.ledger import LedgerEntry
from syncohort.sources.download.remote_file import RemoteFile
from syncohort.sources.genes.annotation import annotate_genes, pseudoautosomal_copies
from syncohort.sources.matrices.matrix import Matrix
from syncohort.sources.raw import Conventions, Raw
from syncohort.sources.samples.barcodes import sample_types
from syncohort.sources.samples.harmonise import first_known
from syncohort.sources.services.gdc_matched_pairs import check_pairs
from syncohort.sources.services.gdc_search import Search
from syncohort.sources.services.gdc_tables import cases_table, files_table, read_hits
from syncohort.sources.services.star_counts import read_star_counts

KEY = "source.gdc"


def list_files(dataset: str, entry: LedgerEntry, client: Client) -> list[RemoteFile]:
    """Ask the API for the files of a project, and for the answers that describe them.

    Parameters
    ----------
    dataset
        Project id, such as `TCGA-KIRC`.
    entry
        The ledger's entry.
    client
        Client of the API.

    Returns
    -------
    list
        The pages of the listings of files and of cases, then a STAR count file per aliquot.

    Raises
    ------
    InputError
        When there is no such project, or it has no open STAR counts.
    """
    search = Search(client)
    files, cases = search.star_counts(dataset), search.cases(dataset)
    if not files:
        raise InputError(
            f"{KEY}.projects: the Genomic Data Commons has no open STAR counts of {dataset!r} and {len(cases)} of its "
            f"cases. Its projects: {entry.source.homepage}."
        )
    listed = files_table(files)
    check_pairs(dataset, listed)
    counts = [
        RemoteFile(
            client.url(f"data/{row.file_id}"),
            _name(row.file_id, row.file_name),
            size=row.size,
            checksum=f"md5:{row.md5}",
            bundle=client.url("data/{}"),
            identity=row.file_id,
        )
        for row in listed.itertuples()
    ]
    return [*search.pages, *counts]


def _name(file_id: str, file_name: str) -> str:
    """Name a file below its dataset's folder."""
    return f"files/{file_id}/{file_name}"


def read(settings: dict[str, Any], datasets: Mapping[str, Dataset], curation: Curation) -> Raw:
    """Read the projects of a cohort.

    Parameters
    ----------
    settings
        The complete mapping `source.gdc`.
    datasets
        Name → fetched dataset, one per project.
    curation
        Where every rule is counted.

    Raises
    ------
    InputError
        When files are damaged or do not belong together.
    """
    listed = pd.concat([_listed(dataset, curation) for dataset in datasets.values()], ignore_index=True)
    twice = listed["aliquot"].duplicated()
    curation.note_any("files of one aliquot", twice.sum(), len(listed), "left out: the first by file id is kept")
    listed = listed[~twice].set_index("aliquot").rename_axis(None)
    values, genes, model = read_star_counts(listed["path"].tolist(), settings["scale"], KEY)
    curation.note("genes read", len(genes), len(genes), model)
    use = _choose(genes, settings["protein_coding"], curation)
    named = genes.loc[use, ["gene_id", "gene_name"]].set_axis(["id", "symbol"], axis=1).reset_index(drop=True)
    matrix = Matrix(values[:, use], listed[[]], annotate_genes(named))
    cases = pd.concat([_cases(dataset) for dataset in datasets.values()])
    conventions = Conventions(
        key=KEY,
        matrix=KEY,
        scale=Scale(settings["scale"]),
        condition="sample_type",
        labels=settings["conditions"],
        library_size=settings["library_size"],
    )
    return Raw(matrix, _describe(listed, cases, curation), conventions)


def _listed(dataset: Dataset, curation: Curation) -> pd.DataFrame:
    """Tabulate the files of a project, and where they are."""
    files = files_table(read_hits(find_files(dataset, "listing/*/files-*.json"), KEY))
    places = [dataset.folder / _name(*names) for names in files[["file_id", "file_name"]].itertuples(index=False)]
    project = dataset.name.partition("/")[2]
    curation.note("samples read", len(files), len(files), f"{project}, open STAR counts, {dataset.record['version']}")
    return files.assign(path=places)


def read_release(dataset: Dataset) -> str:
    """Read the data release that a project was fetched of."""
    return read_json(find_file(dataset, "listing/*/status.json", KEY))["data_release"]


def _cases(dataset: Dataset) -> pd.DataFrame:
    return cases_table(read_hits(find_files(dataset, "listing/*/cases-*.json"), KEY))


def _choose(genes: pd.DataFrame, protein_coding: bool, curation: Curation) -> np.ndarray:
    """Mark the genes to take."""
    use = ~pseudoautosomal_copies(genes["gene_id"], curation)
    if protein_coding:
        coding = (genes["gene_type"] == "protein_coding").to_numpy(dtype=bool)
        curation.note_any("genes not protein-coding", (use & ~coding).sum(), use.sum(), "left out: other gene types")
        use &= coding
    return use


def _describe(listed: pd.DataFrame, cases: pd.DataFrame, curation: Curation) -> pd.DataFrame:
    """Join what is known of samples and cases."""
    unknown = listed["sample_type"].isna()
    from_barcode = sample_types(listed.index.to_series())
    curation.note_any(
        "sample types from barcodes", unknown.sum(), len(listed), "the API tells none: digits 14–15 of the barcode"
    )
    without = ~listed["case"].isin(cases.index)
    curation.note_any("samples without a case", without.sum(), len(listed), "nothing clinical is known of them")
    samples = pd.DataFrame(
        {
            "patient_id": listed["case"],
            "sample_type": first_known([listed["sample_type"], from_barcode]),
            "dataset": listed["dataset"],
        }
    )
    described = samples.join(cases, on="patient_id")
    return described.astype(object).where(described.notna(), None)
