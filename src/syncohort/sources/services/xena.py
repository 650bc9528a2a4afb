"""UCSC Xena: TCGA, TARGET and GTEx by one pipeline (Toil), tumours beside normal tissue of other people."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from syncohort.core.errors import InputError, suggest
from syncohort.core.scale import Scale
from syncohort.sources.curation import Curation
from syncohort.sources.download.cache import Dataset
from syncohort.sources.download.fetched import find_file, find_files
from syncohort.sources.files import readable
from syncohort.sources.genes.annotation import annotate_genes, pseudoautosomal_copies
from syncohort.sources.matrices.matrix import Matrix
from syncohort.sources.matrices.wide_text import read_heading, read_samples
from syncohort.sources.raw import Conventions, Raw
from syncohort.sources.samples import harmonise
from syncohort.sources.samples.identity import note_unmatched

KEY = "source.xena"
MATRIX, PHENOTYPE, GENE_NAMES = "*_rsem_gene_tpm.gz", "*_phenotype.txt.gz", "*.probemap"
SCALE = Scale("log2", 0.001)
COLUMNS = {"_primary_site": "tissue", "primary disease or tissue": "histology", "_study": "dataset"}


def read(settings: dict[str, Any], datasets: Mapping[str, Dataset], curation: Curation) -> Raw:
    """Read the samples of the chosen studies and sites; the others are never loaded.

    Parameters
    ----------
    settings
        The complete mapping `source.xena`.
    datasets
        Name → fetched dataset, one.
    curation
        Where every rule is counted.

    Raises
    ------
    InputError
        For a site or study that there is not, and for damaged files.
    """
    (dataset,) = datasets.values()
    path = find_file(dataset, MATRIX, KEY)
    heading = read_heading(path, KEY)
    names = pd.Index(heading[1:], dtype=object)
    curation.note("samples read", len(names), len(names), dataset.record["title"])
    table = read_phenotype(dataset)
    note_unmatched(names, table.index, curation)
    samples = table.loc[names[names.isin(table.index)]]
    for column, setting, what in (("dataset", "studies", "studies"), ("tissue", "sites", "sites")):
        samples = _chosen(samples, column, settings[setting], f"{KEY}.{setting}", what, curation)
    values, gene_names = read_samples(path, samples.index.tolist(), names=heading[:1], key=KEY)
    named = pd.DataFrame({"id": gene_names.iloc[:, 0]})
    curation.note("genes read", len(named), len(named), dataset.record["title"])
    use = ~pseudoautosomal_copies(named["id"], curation)
    named = _with_symbols(named[use].reset_index(drop=True), dataset)
    matrix = Matrix(values[:, use], samples[[]], annotate_genes(named))
    conventions = Conventions(KEY, SCALE, matrix=KEY, condition="_sample_type", labels=settings["conditions"])
    return Raw(matrix, samples, conventions)


def read_phenotype(dataset: Dataset) -> pd.DataFrame:
    """Describe every sample, whether it has expression or not."""
    path = find_file(dataset, PHENOTYPE, KEY)
    with readable(path, KEY):
        # Latin-1: UTF-8 fails at the accents of some diseases.
        table = pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False, encoding="latin-1")
    table = harmonise.text(table).set_index("sample").rename_axis(None).rename(columns=COLUMNS)
    # TCGA-A3-3358 and TARGET-20-PADDXZ have three fields, GTEX-1117F two.
    donor = table.index.to_series().str.extract(r"^(GTEX-[^-]+|[^-]+-[^-]+-[^-]+|[^-]+-[^-]+)", expand=False)
    return table.assign(
        patient_id=donor,
        sex=harmonise.sex(table["_gender"]),
        tissue=harmonise.lower(table["tissue"]),
        dataset=harmonise.lower(table["dataset"]),
    )


def _chosen(
    samples: pd.DataFrame, column: str, values: list[str], key: str, what: str, curation: Curation
) -> pd.DataFrame:
    """Take the samples with one of the values in a column; all of them where none is given."""
    if not values:
        return samples
    known = sorted(samples[column].dropna().unique())
    wanted = [value.casefold() for value in values]
    for value in wanted:
        if value not in known:
            raise InputError(f"{key}: there is no {value!r}{suggest(value, known)} Known: {', '.join(known)}.")
    fits = samples[column].isin(wanted)
    curation.note_any(f"samples of other {what}", (~fits).sum(), len(fits), f"left out: not {' or '.join(wanted)}")
    return samples[fits]


def _with_symbols(named: pd.DataFrame, dataset: Dataset) -> pd.DataFrame:
    """Add gene symbols where the dataset has the table of them; Ensembl ids are the names otherwise."""
    for path in find_files(dataset, GENE_NAMES):
        with readable(path, KEY):
            symbols = pd.read_csv(path, sep="\t", dtype=str, usecols=["id", "gene"]).set_index("id")["gene"]
        return named.assign(symbol=named["id"].map(symbols))
    return named
