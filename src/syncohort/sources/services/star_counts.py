"""STAR gene counts of the Genomic Data Commons: a file per aliquot, brought to one matrix."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import csv

from syncohort.core.errors import InputError
from syncohort.sources.files import readable

COLUMNS = {"counts": "unstranded", "tpm": "tpm_unstranded", "fpkm": "fpkm_unstranded"}
GENE_COLUMNS = ("gene_id", "gene_name", "gene_type")
# Rows such as N_unmapped count reads, not genes.
READ_COUNTS = "N_"


def read_star_counts(paths: Sequence[Path], scale: str, key: str) -> tuple[np.ndarray, pd.DataFrame, str]:
    """Read one column of many files.

    One file is held in memory at a time, beside the matrix that it is written into.

    Parameters
    ----------
    paths
        Files `….rna_seq.augmented_star_gene_counts.tsv`.
    scale
        `counts`, `tpm` or `fpkm`: the columns `unstranded`, `tpm_unstranded`, `fpkm_unstranded`.
    key
        Configuration key to name in messages.

    Returns
    -------
    values
        (files, genes) float32.
    genes
        (genes, 3) `gene_id` (Ensembl with version), `gene_name`, `gene_type`.
    model
        Gene model that the files name, such as `GENCODE v36`; empty where they name none.

    Raises
    ------
    InputError
        When a file is missing, damaged, not of this format, or has other genes than the first.
    """
    model, genes = "", pd.DataFrame()
    values = np.empty((0, 0), dtype=np.float32)
    for number, path in enumerate(paths):
        columns = GENE_COLUMNS if number == 0 else GENE_COLUMNS[:1]
        with readable(path, key):
            named, table = _read(path, (*columns, COLUMNS[scale]), key)
        table = table[~table["gene_id"].str.startswith(READ_COUNTS)]
        if number == 0:
            model, genes = named, table[list(GENE_COLUMNS)].reset_index(drop=True)
            values = np.empty((len(paths), len(genes)), dtype=np.float32)
        elif named != model or not np.array_equal(table["gene_id"], genes["gene_id"]):
            raise InputError(
                f"{key}: {path} has other genes ({len(table)}, {named or 'no gene model'}) than {paths[0]} "
                f"({len(genes)}, {model or 'no gene model'}). Give projects of one data release."
            )
        values[number] = table[COLUMNS[scale]]
        if np.isnan(values[number]).any():
            raise InputError(f"{key}: {path} lacks values in its column {COLUMNS[scale]}. Fetch it again.")
    return values, genes, model


def _read(path: Path, columns: Sequence[str], key: str) -> tuple[str, pd.DataFrame]:
    """Read the gene model and some columns of a file."""
    with open(path, encoding="utf-8") as opened:
        first = opened.readline()
        comment = first.startswith("#")
        heading = (opened.readline() if comment else first).split()
    absent = [column for column in columns if column not in heading]
    if absent:
        raise InputError(f"{key}: {path} has no column {absent[0]!r}, as STAR gene counts have. Fetch it again.")
    kinds = {name: pa.string() if name in GENE_COLUMNS else pa.float32() for name in columns}
    table = csv.read_csv(
        path,
        read_options=csv.ReadOptions(skip_rows=int(comment), use_threads=False),
        parse_options=csv.ParseOptions(delimiter="\t", quote_char=False),
        convert_options=csv.ConvertOptions(include_columns=list(columns), column_types=kinds, null_values=[""]),
    )
    model = first.partition(":")[2].strip() if comment else ""
    return model, table.to_pandas()
