"""GTEx: expression of normal tissues, of the tissues that are asked for."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from syncohort.core.cohort import NORMAL
from syncohort.core.errors import InputError, suggest
from syncohort.core.scale import Scale
from syncohort.sources.curation import Curation
from syncohort.sources.download.cache import Dataset
from syncohort.sources.download.fetched import find_file
from syncohort.sources.files import readable
from syncohort.sources.genes.annotation import annotate_genes, pseudoautosomal_copies
from syncohort.sources.matrices.matrix import Matrix
from syncohort.sources.matrices.wide_text import read_heading, read_samples
from syncohort.sources.raw import Conventions, Raw
from syncohort.sources.samples import harmonise
from syncohort.sources.samples.identity import note_unmatched

KEY = "source.gtex"
MATRICES = {"tpm": "*_gene_tpm.gct.gz", "counts": "*_gene_reads.gct.gz"}
# GCT 1.2: a line with the version and one with the numbers of genes and samples, then the heading.
LINES_BEFORE_HEADING = 2
GENE_COLUMNS = ("Name", "Description")


def read(settings: dict[str, Any], datasets: Mapping[str, Dataset], curation: Curation) -> Raw:
    """Read the chosen tissues of a version of GTEx; samples of other tissues are never loaded.

    Parameters
    ----------
    settings
        The complete mapping `source.gtex`.
    datasets
        Name → fetched dataset, one.
    curation
        Where every rule is counted.

    Raises
    ------
    InputError
        For a tissue that GTEx does not have, and for damaged files.
    """
    (dataset,) = datasets.values()
    path = find_file(dataset, MATRICES[settings["scale"]], KEY)
    names = pd.Index(read_heading(path, KEY, LINES_BEFORE_HEADING)[len(GENE_COLUMNS) :], dtype=object)
    curation.note("samples read", len(names), len(names), dataset.record["title"])
    table = read_attributes(dataset)
    note_unmatched(names, table.index, curation)
    samples = table.loc[names[names.isin(table.index)]]
    samples = samples[_of_tissues(samples, settings["tissues"], curation)]
    values, raw_names = read_samples(
        path, samples.index.tolist(), names=GENE_COLUMNS, key=KEY, skip=LINES_BEFORE_HEADING
    )
    named = raw_names.set_axis(["id", "symbol"], axis=1)
    curation.note("genes read", len(named), len(named), dataset.record["title"])
    use = ~pseudoautosomal_copies(named["id"], curation)
    curation.note("ages by decade", len(samples), len(samples), "GTEx publishes decades: age is the middle of it")
    matrix = Matrix(values[:, use], samples[[]], annotate_genes(named[use].reset_index(drop=True)))
    conventions = Conventions(KEY, Scale(settings["scale"]), matrix=KEY, library_size=settings["library_size"])
    return Raw(matrix, samples, conventions)


def read_attributes(dataset: Dataset) -> pd.DataFrame:
    """Describe every sample by its attributes and those of its donor."""
    attributes = _table(dataset, "*SampleAttributesDS.txt", "SAMPID")
    donors = _table(dataset, "*SubjectPhenotypesDS.txt", "SUBJID")
    donor = attributes.index.to_series().str.extract(r"^([^-]+-[^-]+)", expand=False)
    described = attributes[["SMTS", "SMTSD", "SMRIN"]].join(donors.reindex(donor).set_axis(attributes.index))
    return described.assign(
        patient_id=donor,
        condition=NORMAL,
        sex=harmonise.sex(described["SEX"]),
        age=_middle(described["AGE"]),
        tissue=harmonise.lower(described["SMTS"]),
        dataset="gtex",
    )


def _table(dataset: Dataset, pattern: str, index: str) -> pd.DataFrame:
    path = find_file(dataset, pattern, KEY)
    with readable(path, KEY):
        table = pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False, low_memory=False)
    return harmonise.text(table).set_index(index).rename_axis(None)


def _middle(decades: pd.Series) -> pd.Series:
    """Give the middle of a decade: `60-69` is 64.5."""
    ends = decades.astype("string").str.extract(r"^(\d+)-(\d+)$").astype(float)
    middle = ends.mean(axis=1, skipna=False).map("{:.1f}".format, na_action="ignore")
    return middle.astype(object).where(middle.notna(), None)


def _of_tissues(samples: pd.DataFrame, tissues: list[str], curation: Curation) -> pd.Series:
    """Mark the samples of the tissues, by GTEx's coarse (SMTS) or fine (SMTSD) name in any case."""
    if not tissues:
        return pd.Series(True, index=samples.index)
    known = pd.unique(samples[["SMTS", "SMTSD"]].to_numpy().ravel())
    by_name = {str(name).casefold(): name for name in known if name}
    for tissue in tissues:
        if tissue.casefold() not in by_name:
            raise InputError(
                f"{KEY}.tissues: GTEx has no tissue {tissue!r}{suggest(tissue, by_name.values())} "
                f"Its tissues: {', '.join(sorted(set(samples['SMTS'].dropna())))}, and their parts."
            )
    wanted = {by_name[tissue.casefold()] for tissue in tissues}
    fits = samples["SMTS"].isin(wanted) | samples["SMTSD"].isin(wanted)
    curation.note("samples of other tissues", (~fits).sum(), len(fits), f"left out: not {' or '.join(sorted(wanted))}")
    return fits
