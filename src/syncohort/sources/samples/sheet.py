"""The sample sheet of a local source, and the names that stand in for one."""

from pathlib import Path

import numpy as np
import pandas as pd

from syncohort.core.errors import InputError
from syncohort.sources.curation import Curation
from syncohort.sources.files import open_text, readable, separator_of
from syncohort.sources.matrices.matrix import Matrix
from syncohort.sources.samples.barcodes import EXAMPLE, parse_barcodes
from syncohort.sources.samples.identity import note_unmatched, require_column

KEY = "source.local.samples"
# What public clinical tables write where nothing is known (R, GDC, TCGA).
MISSING = ["", "NA", "N/A", "NaN", "nan", "null", "--", "'--", "[Not Available]", "[Unknown]", "not reported"]


def read_sample_sheet(path: Path, column: str) -> pd.DataFrame:
    """Read a sample sheet.

    Parameters
    ----------
    path
        TSV or CSV, plain, gz or xz; tab or comma is told from the heading.
    column
        Name of the column with the sample names.

    Returns
    -------
    DataFrame
        (samples, ·) indexed by sample name; all text, stripped of surrounding blanks, None where missing.

    Raises
    ------
    InputError
        When the file is missing or damaged, lacks the column, or names a sample twice.
    """
    with readable(path, KEY):
        with open_text(path) as opened:
            separator = separator_of(opened.readline())
        try:
            sheet = pd.read_csv(path, sep=separator, dtype=str, keep_default_na=False, encoding="utf-8-sig")
        except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
            raise InputError(f"{KEY}: {path} is not a table: {error}.") from error
    sheet = sheet.rename(columns=str.strip).apply(lambda values: values.str.strip())
    if sheet.empty:
        raise InputError(f"{KEY}: {path} is empty: a heading and a row per sample were expected.")
    require_column(column, sheet, "source.local.columns.sample", str(path))
    sheet = sheet.set_index(column, drop=False).rename_axis(None)
    repeated = sheet.index[sheet.index.duplicated()]
    if len(repeated):
        raise InputError(
            f"{KEY}: {path} names the sample {repeated[0]!r} more than once ({len(repeated)} repeated names). "
            "Leave one row per sample."
        )
    return sheet.astype(object).mask(sheet.isin(MISSING), None)


def match_sheet(matrix: Matrix, sheet: pd.DataFrame, genes_in: str, curation: Curation) -> np.ndarray:
    """Find the samples of the matrix that the sheet describes.

    Returns
    -------
    numpy.ndarray
        (samples,) bool.

    Raises
    ------
    InputError
        When there is none, with the other `genes_in` if the sheet's names are where genes were expected.
    """
    names = matrix.samples.index
    known = np.asarray(names.isin(sheet.index))
    if not known.any():
        turned = matrix.genes["gene"].isin(sheet.index).any()
        remedy = (
            f"The sheet's names are among the genes: set source.local.genes_in: {_other(genes_in)}."
            if turned
            else "Use the same names in both, or set source.local.columns.sample to the column with the matrix's names."
        )
        raise InputError(
            f"{KEY}: the sheet and the matrix share no samples; the matrix has {names[0]!r}, the sheet has "
            f"{sheet.index[0]!r}. {remedy}"
        )
    note_unmatched(names, sheet.index, curation)
    return known


def require_barcodes(matrix: Matrix, genes_in: str) -> None:
    """Stop when the names of the samples are all there is and do not say who they are from.

    Raises
    ------
    InputError
        Saying what to give.
    """
    names = matrix.samples.index
    strange = names[parse_barcodes(names)["patient_id"].isna()]
    if not len(strange):
        return
    if parse_barcodes(pd.Index(matrix.genes["gene"].astype(str)))["patient_id"].notna().any():
        remedy = f"There are barcodes among the genes: set source.local.genes_in: {_other(genes_in)}."
    else:
        remedy = (
            f"Give a sample sheet (TSV or CSV) in {KEY} with a row per sample: a column with these names "
            "(source.local.columns.sample), and the patient and the condition where they are known."
        )
    raise InputError(
        f"{KEY} is not set, and {len(strange)} of {len(names)} sample names, such as {strange[0]!r}, are not TCGA "
        f"barcodes like {EXAMPLE}, so patient and condition are unknown. {remedy}"
    )


def _other(genes_in: str) -> str:
    return {"rows": "columns", "columns": "rows"}[genes_in]
