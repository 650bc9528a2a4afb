"""Who each sample is from and whether it is tumour or normal: the sample sheet, or TCGA barcodes."""

from pathlib import Path

import numpy as np
import pandas as pd

from syncohort.core.cohort import NORMAL, TUMOUR
from syncohort.core.errors import InputError, suggest
from syncohort.sources.barcodes import EXAMPLE, parse_barcodes
from syncohort.sources.curation import Curation
from syncohort.sources.files import open_text, readable, separator_of
from syncohort.sources.matrix import Matrix

KEY = "source.local.samples"
# A sheet of its own may go without these columns; any other name was given on purpose.
DEFAULT_COLUMNS = {"patient": "patient_id", "condition": "condition"}
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


def require_column(name: str, sheet: pd.DataFrame, key: str, where: str, remedy: str = "") -> None:
    """Stop when `sheet` has no column `name`, which the user gave as `key`.

    Raises
    ------
    InputError
        With the nearest column and all columns there are.
    """
    if sheet.columns.empty:
        raise InputError(f"{key}: {name!r} is asked for, but there is no sample sheet. Set {KEY}, or remove it there.")
    if name not in sheet:
        columns = list(map(str, sheet.columns))
        raise InputError(
            f"{key}: {where} has no column {name!r}{suggest(name, columns)} "
            f"Its columns: {', '.join(columns)}. {remedy}".rstrip()
        )


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
    curation.note_any(
        "samples without a row in the sheet", (~known).sum(), len(known), "left out: nothing is known about them"
    )
    absent = ~sheet.index.isin(names)
    curation.note_any("sheet rows without expression", absent.sum(), len(sheet), "left out: not in the matrix")
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


def patients(samples: pd.DataFrame, column: str | None, curation: Curation) -> pd.Series:
    """Tell the patient of each sample.

    Parameters
    ----------
    samples
        (samples, ·) indexed by sample name.
    column
        The column with the patient. Without one, the patient is read from a TCGA barcode, and a sample with another
        name is a patient of its own.

    Raises
    ------
    InputError
        When the sheet lacks the column, or a sample has no value in it.
    """
    if _use_column("patient", column, samples):
        unknown = samples.index[samples[column].isna()]
        if len(unknown):
            raise InputError(
                f"source.local.columns.patient: the column {column!r} is empty for {len(unknown)} of {len(samples)} "
                f"samples, such as {unknown[0]!r}. Name their patients, or leave these samples out of the sheet."
            )
        return samples[column].astype(str)
    from_barcode = parse_barcodes(samples.index)["patient_id"]
    named = from_barcode.notna().sum()
    total = len(samples)
    curation.note_any("patients from barcodes", named, total, "patient = first three fields of the TCGA barcode")
    curation.note_any("patients from names", total - named, total, "no patient is given: each sample is a patient")
    return from_barcode.fillna(samples.index.to_series()).astype(str)


def conditions(
    samples: pd.DataFrame, column: str | None, labels: dict[str, list[str]], curation: Curation
) -> pd.Series:
    """Tell the condition of each sample, missing for samples that are neither tumour nor normal.

    Parameters
    ----------
    samples
        (samples, ·) indexed by sample name.
    column
        The column with the condition. Without one, it is read from TCGA barcodes when all names are barcodes, and
        all samples are tumours when none is.
    labels
        The column's labels of `tumour` and of `normal`.

    Raises
    ------
    InputError
        When the sheet lacks the column, no sample has one of the labels, or only some names are barcodes.
    """
    if _use_column("condition", column, samples):
        meaning = {label: condition for condition in (TUMOUR, NORMAL) for label in labels[condition]}
        condition = samples[column].map(meaning)
        others = samples[column][condition.isna()].fillna("(empty)").value_counts()
        found = ", ".join(f"{label} ({number})" for label, number in others.sort_index().items())
        if condition.isna().all():
            raise InputError(
                f"source.local.conditions: no sample has one of the labels {', '.join(meaning)} in the column "
                f"{column!r}; it holds {found}. Set source.local.conditions.tumour and .normal to its labels."
            )
        curation.note_any(
            "samples neither tumour nor normal", condition.isna().sum(), len(samples), f"left out: {column} is {found}"
        )
        return condition
    barcodes = parse_barcodes(samples.index)
    named = barcodes["patient_id"].notna()
    if named.all():
        condition = barcodes["condition"]
        if condition.isna().all():
            raise InputError(
                f"source.local.matrix: all {len(samples)} samples, such as {samples.index[0]!r}, are neither tumour "
                "(TCGA sample type 01–09) nor normal (10–19). Give tumour samples."
            )
        rule = "left out: TCGA sample type is neither 01–09 (tumour) nor 10–19 (normal)"
        curation.note_any("samples neither tumour nor normal", condition.isna().sum(), len(samples), rule)
        return condition
    if named.any():
        raise InputError(
            f"source.local.columns.condition: no condition is given, and only {named.sum()} of {len(samples)} sample "
            "names are TCGA barcodes. Add a column with tumour or normal to the sheet and name it there."
        )
    curation.note("samples without condition", len(samples), len(samples), "no condition is given: all are tumours")
    return pd.Series(TUMOUR, index=samples.index, dtype=object)


def _use_column(role: str, column: str | None, samples: pd.DataFrame) -> bool:
    """Whether the sheet has the column; a default name may be absent when no other column comes near it."""
    if column is None or samples.columns.empty:
        return False
    if column != DEFAULT_COLUMNS[role] or suggest(column, samples.columns) != ".":
        remedy = f"Set source.local.columns.{role} to the column, or to null if the sheet does not tell."
        require_column(column, samples, f"source.local.columns.{role}", "the sample sheet", remedy)
    return column in samples


def _other(genes_in: str) -> str:
    return {"rows": "columns", "columns": "rows"}[genes_in]


def replicates(samples: pd.DataFrame, categorical: list[str]) -> np.ndarray:
    """Mark the samples that repeat another of the same patient, condition and categorical covariates.

    The first in the order of sample names stays, so vial A goes before B. Samples of one patient that differ in a
    covariate, such as two tissues of a donor, are no repetitions.

    Returns
    -------
    numpy.ndarray
        (samples,) bool.
    """
    same = ["patient_id", "condition", *categorical]
    repeated = samples.sort_index()[same].astype(str).duplicated()
    return repeated.reindex(samples.index).to_numpy()
