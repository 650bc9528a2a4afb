"""Gene Expression Omnibus: a series with a table of expression and one of its samples."""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from syncohort.core.cohort import TUMOUR
from syncohort.core.scale import Scale
from syncohort.sources.curation import Curation
from syncohort.sources.download.cache import Dataset
from syncohort.sources.download.fetched import find_file, find_files
from syncohort.sources.files import open_text, readable
from syncohort.sources.genes.annotation import annotate_genes
from syncohort.sources.matrices.matrix import Matrix
from syncohort.sources.matrices.wide_text import read_heading, read_samples
from syncohort.sources.raw import Conventions, Raw
from syncohort.sources.samples import harmonise

KEY = "source.geo"
EXPRESSION, SERIES = "*RNAseq.txt.gz", "*_series_matrix.txt.gz"
SAMPLE, CHARACTERISTICS = "!Sample_", "!Sample_characteristics_ch1"
# What submitters call the harmonised columns.
HARMONISED = {"gender": "sex", "age at histological diagnosis": "age", "tissue type": "tissue", "tumor stage": "stage"}


def read(settings: dict[str, Any], datasets: Mapping[str, Dataset], curation: Curation) -> Raw:
    """Read a series; every sample is the tumour of a patient of its own.

    Parameters
    ----------
    settings
        The complete mapping `source.geo`.
    datasets
        Name → fetched dataset, one.
    curation
        Where every rule is counted.

    Raises
    ------
    InputError
        When a file is damaged or not what GEO has.
    """
    (dataset,) = datasets.values()
    path = find_file(dataset, EXPRESSION, KEY)
    heading = read_heading(path, KEY)
    values, names = read_samples(path, heading[1:], names=heading[:1], key=KEY)
    samples = pd.Index(heading[1:], dtype=object)
    series = dataset.name.partition("/")[2]
    curation.note("samples read", len(samples), len(samples), f"GEO {series}")
    curation.note("genes read", len(names), len(names), f"GEO {series}")
    table = pd.DataFrame({"patient_id": samples, "condition": TUMOUR, "dataset": series}, index=samples)
    for matrix in find_files(dataset, SERIES):
        table = table.join(read_characteristics(matrix, samples))
    total = len(samples)
    curation.note("samples without normal tissue", total, total, f"all samples of {series} are tumours")
    genes = annotate_genes(names.set_axis(["id"], axis=1))
    conventions = Conventions(KEY, Scale("fpkm"), matrix=KEY, missing=settings["missing"])
    described = table.astype(object).where(table.notna(), None)
    return Raw(Matrix(values, table[[]], genes), described, conventions)


def read_characteristics(path: Path, samples: pd.Index) -> pd.DataFrame:
    """Read what a series matrix says of samples: each `key: value` of their characteristics.

    A sample is found by the line that holds its name, whichever that is (title, description or source).

    Returns
    -------
    DataFrame
        (samples, ·) text, None where nothing is known; harmonised names where a key has one.
    """
    with readable(path, KEY), open_text(path) as opened:
        lines = [line.rstrip("\n") for line in opened if line.startswith(SAMPLE)]
    rows = list(csv.reader(lines, delimiter="\t"))
    named = max(rows, key=lambda row: len(samples.intersection(row)), default=[])
    places = {name: place for place, name in enumerate(named) if name in samples}
    values: dict[str, dict[str, str]] = {}
    for row in rows:
        if row[0] == CHARACTERISTICS:
            for name, place in places.items():
                key, separator, value = row[place].partition(":")
                if separator:
                    key = key.strip().casefold()
                    values.setdefault(HARMONISED.get(key, key), {})[name] = value
    table = harmonise.text(pd.DataFrame(values, index=samples, dtype=object))
    if "sex" in table:
        table["sex"] = harmonise.sex(table["sex"])
    return table
