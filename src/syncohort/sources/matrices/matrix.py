"""Expression matrices from text, Parquet and h5ad files, brought to samples × genes."""

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import anndata
import numpy as np
import pandas as pd
from scipy import sparse

from syncohort.core.errors import InputError
from syncohort.sources.files import open_text, readable, separator_of
from syncohort.sources.genes.annotation import annotate_genes

KEY = "source.local.matrix"
FORMATS = "TSV, CSV or TXT (plain, .gz or .xz), .parquet or .h5ad"
# Columns that may follow the gene column, by what their heading says without case and punctuation.
ANNOTATIONS = {
    "hugosymbol": "symbol",
    "genesymbol": "symbol",
    "symbol": "symbol",
    "genename": "symbol",
    "entrezgeneid": "entrez_id",
    "entrezid": "entrez_id",
    "ensemblid": "ensembl_id",
    "ensemblgeneid": "ensembl_id",
    "genetype": "ignored",
    "genebiotype": "ignored",
    "description": "ignored",
}


@dataclass(frozen=True)
class Matrix:
    """An expression matrix and what its file says about rows and columns.

    Parameters
    ----------
    values
        (samples, genes) float32, NaN where a value is missing.
    samples
        (samples, ·) indexed by unique sample id; the columns are the `obs` of an h5ad file, none otherwise.
    genes
        (genes, ·) `gene`, missing where the gene has no name, and `ensembl_id` and `entrez_id` where known.
    """

    values: np.ndarray
    samples: pd.DataFrame
    genes: pd.DataFrame

    def subset(self, *, samples: Any = slice(None), genes: Any = slice(None)) -> "Matrix":
        """Take the samples and genes at these positions or under these masks."""
        return Matrix(
            self.values[samples][:, genes], self.samples.iloc[samples], self.genes.iloc[genes].reset_index(drop=True)
        )


def read_matrix(path: Path, genes_in: str, key: str = KEY) -> Matrix:
    """Read a matrix; an h5ad file is samples × genes by its own convention, whatever `genes_in` says.

    Parameters
    ----------
    path
        TSV, CSV or TXT (plain, gz, xz; tab or comma is told from the heading), Parquet or h5ad.
    genes_in
        `rows` or `columns`. With genes in rows, columns such as `Entrez_Gene_Id` may follow the gene column.
    key
        The setting that names the file, for errors.

    Raises
    ------
    InputError
        When the file is missing, damaged, empty, of another kind, holds text among its numbers, or names a sample
        twice.
    """
    with readable(path, key):
        try:
            return _checked(_read(path, genes_in), path)
        except InputError as error:
            raise InputError(f"{key}: {error}") from error


def _read(path: Path, genes_in: str) -> Matrix:
    """Read a file of any format."""
    if path.suffix == ".h5ad":
        return _read_h5ad(path)
    if path.suffix == ".parquet":
        return _from_table(*_read_parquet(path), genes_in, path)
    if re.search(r"\.(tsv|csv|txt)(\.gz|\.xz)?$", path.name):
        return _from_table(*_read_text(path, genes_in), genes_in, path)
    raise InputError(f"{path} is none of the formats that can be read: {FORMATS}.")


def _checked(matrix: Matrix, path: Path) -> Matrix:
    """Refuse a matrix without values, or one that names a sample twice."""
    if 0 in matrix.values.shape:
        samples, genes = matrix.values.shape
        raise InputError(
            f"{path} is empty: {genes} genes × {samples} samples were found. "
            "Expected a heading with sample names and one row per gene (or the reverse, by source.local.genes_in)."
        )
    repeated = matrix.samples.index[matrix.samples.index.duplicated()]
    if len(repeated):
        raise InputError(
            f"{path} names the sample {repeated[0]!r} more than once ({len(repeated)} repeated names). "
            "Every sample needs a name of its own."
        )
    return matrix


def _from_table(heading: list[str], table: pd.DataFrame, genes_in: str, path: Path) -> Matrix:
    """Split a table, its columns numbered, into names and numbers."""
    width = _annotation_width(heading) if genes_in == "rows" else 1
    names, numbers = table.iloc[:, :width], table.iloc[:, width:]
    texts = [column for column in numbers if not pd.api.types.is_numeric_dtype(numbers[column])]
    if texts:
        _name_text([table[[0, *texts]]], heading, path)
    values = numbers.to_numpy(dtype=np.float32)
    if genes_in == "columns":
        samples = names[0].astype(str).str.strip()
        raw = pd.DataFrame({"id": heading[1:]})
    else:
        values = values.T
        samples = heading[width:]
        roles = ["id", *(ANNOTATIONS[_plain(name)] for name in heading[1:width])]
        raw = names.set_axis(roles, axis=1).drop(columns="ignored", errors="ignore")
    return Matrix(values, pd.DataFrame(index=pd.Index(samples, dtype=object)), annotate_genes(raw))


def _read_text(path: Path, genes_in: str) -> tuple[list[str], pd.DataFrame]:
    """Read heading and table, the numbers as float32."""
    with open_text(path) as opened:
        first_line = opened.readline()
        separator = separator_of(first_line)
        rows = list(islice(csv.reader([first_line, opened.readline()], delimiter=separator), 2))
    if len(rows) < 2 or not rows[1]:
        raise InputError(f"{path} is empty: a heading and at least one row of values were expected.")
    heading = [name.strip() for name in rows[0]]
    if len(rows[1]) == len(heading) + 1:  # R's write.table gives the column of row names no heading
        heading.insert(0, "")
    if len(rows[1]) != len(heading):
        raise InputError(f"{path} is not a table: its heading has {len(heading)} fields, its first row {len(rows[1])}.")
    width = _annotation_width(heading) if genes_in == "rows" else 1
    options = {"sep": separator, "header": 0, "names": range(len(heading)), "encoding": "utf-8-sig"}
    kinds = {column: str if column < width else np.float32 for column in range(len(heading))}
    try:
        return heading, pd.read_csv(path, dtype=kinds, **options)
    except pd.errors.ParserError as error:
        raise InputError(
            f"{path} is not a table: {str(error).strip()}. Every row needs as many fields as the heading."
        ) from error
    except UnicodeDecodeError:
        raise
    except ValueError:
        # Only now, to name the first cell that is no number, the file is read again as text.
        with pd.read_csv(path, dtype=str, chunksize=1000, **options) as chunks:
            _name_text(chunks, heading, path, width)
        raise


def _read_parquet(path: Path) -> tuple[list[str], pd.DataFrame]:
    """Read heading and table; the gene column may be the stored index."""
    table = pd.read_parquet(path)
    if not isinstance(table.index, pd.RangeIndex):
        table = table.reset_index()
    heading = [str(name) for name in table.columns]
    return heading, table.set_axis(range(len(heading)), axis=1)


def _read_h5ad(path: Path) -> Matrix:
    """Read `X`, `obs` and `var`."""
    data = anndata.read_h5ad(path)
    values = data.X.toarray() if sparse.issparse(data.X) else data.X
    roles = {name: ANNOTATIONS[_plain(name)] for name in data.var if _plain(name) in ANNOTATIONS}
    raw = data.var[list(roles)].rename(columns=roles).drop(columns="ignored", errors="ignore").astype(str)
    raw.insert(0, "id", data.var_names.astype(str))
    samples = data.obs.astype("string").astype(object).where(data.obs.notna(), None)
    samples.index = data.obs_names.astype(str)
    return Matrix(np.asarray(values, dtype=np.float32), samples, annotate_genes(raw.reset_index(drop=True)))


def _plain(heading: str) -> str:
    return re.sub(r"[^a-z]", "", heading.casefold())


def _annotation_width(heading: list[str]) -> int:
    """Count the columns before the first sample: the gene column and the annotation columns right after it."""
    width = 1
    while width < len(heading) and _plain(heading[width]) in ANNOTATIONS:
        width += 1
    return width


def _name_text(chunks: Iterable[pd.DataFrame], heading: list[str], path: Path, width: int = 1) -> None:
    """Raise an error that names the first cell that is not a number."""
    for chunk in chunks:
        numbers = chunk.iloc[:, width:]
        wrong = numbers.apply(pd.to_numeric, errors="coerce").isna() & numbers.notna()
        if wrong.to_numpy().any():
            row, column = np.argwhere(wrong.to_numpy())[0]
            raise InputError(
                f"{path} holds text among its numbers: {numbers.iloc[row, column]!r} in row "
                f"{str(chunk.iloc[row, 0])!r}, column {heading[numbers.columns[column]]!r}. Correct the value, leave "
                "the cell empty if it is missing, or remove the column if it is not a sample."
            )
