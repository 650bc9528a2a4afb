"""Who each sample is from and whether it is tumour or normal: columns of its source, or TCGA barcodes."""

import numpy as np
import pandas as pd

from syncohort.core.cohort import NORMAL, TUMOUR
from syncohort.core.errors import InputError, suggest
from syncohort.sources.curation import Curation
from syncohort.sources.raw import Conventions
from syncohort.sources.samples.barcodes import parse_barcodes

# A source may go without these columns; any other name was given on purpose.
DEFAULT_COLUMNS = {"patient": "patient_id", "condition": "condition"}


def require_column(name: str, sheet: pd.DataFrame, key: str, where: str, remedy: str = "") -> None:
    """Stop when `sheet` has no column `name`, which the user gave as `key`.

    Raises
    ------
    InputError
        With the nearest column and all columns there are.
    """
    if sheet.columns.empty:
        raise InputError(
            f"{key}: {name!r} is asked for, but there is no sample sheet. Set source.local.samples, or remove it there."
        )
    if name not in sheet:
        columns = list(map(str, sheet.columns))
        raise InputError(
            f"{key}: {where} has no column {name!r}{suggest(name, columns)} "
            f"Its columns: {', '.join(columns)}. {remedy}".rstrip()
        )


def note_unmatched(names: pd.Index, described: pd.Index, curation: Curation) -> None:
    """Count the samples with expression that nothing describes, and what is described and has no expression."""
    unknown, absent = ~names.isin(described), ~described.isin(names)
    curation.note_any(
        "samples without a row in the sheet", unknown.sum(), len(names), "left out: nothing is known about them"
    )
    curation.note_any("sheet rows without expression", absent.sum(), len(described), "left out: not in the matrix")


def patients(samples: pd.DataFrame, conventions: Conventions, curation: Curation) -> pd.Series:
    """Tell the patient of each sample.

    Parameters
    ----------
    samples
        (samples, ·) indexed by sample name.
    conventions
        The column with the patient. Without one, the patient is read from a TCGA barcode, and a sample with another
        name is a patient of its own.

    Raises
    ------
    InputError
        When the sheet lacks the column, or a sample has no value in it.
    """
    column, key = conventions.patient, f"{conventions.key}.columns.patient"
    if _use_column("patient", column, samples, key):
        unknown = samples.index[samples[column].isna()]
        if len(unknown):
            raise InputError(
                f"{key}: the column {column!r} is empty for {len(unknown)} of {len(samples)} "
                f"samples, such as {unknown[0]!r}. Name their patients, or leave these samples out of the sheet."
            )
        return samples[column].astype(str)
    from_barcode = parse_barcodes(samples.index)["patient_id"]
    named = from_barcode.notna().sum()
    total = len(samples)
    curation.note_any("patients from barcodes", named, total, "patient = first three fields of the TCGA barcode")
    curation.note_any("patients from names", total - named, total, "no patient is given: each sample is a patient")
    return from_barcode.fillna(samples.index.to_series()).astype(str)


def conditions(samples: pd.DataFrame, conventions: Conventions, curation: Curation) -> pd.Series:
    """Tell the condition of each sample, missing for samples that are neither tumour nor normal.

    Parameters
    ----------
    samples
        (samples, ·) indexed by sample name.
    conventions
        The column with the condition and its labels of `tumour` and of `normal`. Without one, it is read from TCGA
        barcodes when all names are barcodes, and all samples are tumours when none is.

    Raises
    ------
    InputError
        When the sheet lacks the column, no sample has one of the labels, or only some names are barcodes.
    """
    column, key = conventions.condition, conventions.key
    if _use_column("condition", column, samples, f"{key}.columns.condition"):
        meaning = {label: condition for condition in (TUMOUR, NORMAL) for label in conventions.labels[condition]}
        condition = samples[column].map(meaning)
        others = samples[column][condition.isna()].fillna("(empty)").value_counts()
        found = ", ".join(f"{label} ({number})" for label, number in others.sort_index().items())
        if condition.isna().all():
            raise InputError(
                f"{key}.conditions: no sample has one of the labels {', '.join(meaning)} in the column "
                f"{column!r}; it holds {found}. Set {key}.conditions.tumour and .normal to its labels."
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
                f"{conventions.matrix}: all {len(samples)} samples, such as {samples.index[0]!r}, are neither tumour "
                "(TCGA sample type 01–09) nor normal (10–19). Give tumour samples."
            )
        rule = "left out: TCGA sample type is neither 01–09 (tumour) nor 10–19 (normal)"
        curation.note_any("samples neither tumour nor normal", condition.isna().sum(), len(samples), rule)
        return condition
    if named.any():
        raise InputError(
            f"{key}.columns.condition: no condition is given, and only {named.sum()} of {len(samples)} sample "
            "names are TCGA barcodes. Add a column with tumour or normal to the sheet and name it there."
        )
    curation.note("samples without condition", len(samples), len(samples), "no condition is given: all are tumours")
    return pd.Series(TUMOUR, index=samples.index, dtype=object)


def _use_column(role: str, column: str | None, samples: pd.DataFrame, key: str) -> bool:
    """Whether the sheet has the column; a default name may be absent when no other column comes near it."""
    if column is None or samples.columns.empty:
        return False
    if column != DEFAULT_COLUMNS[role] or suggest(column, samples.columns) != ".":
        remedy = f"Set {key} to the column, or to null if the sheet does not tell."
        require_column(column, samples, key, "the sample sheet", remedy)
    return column in samples


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
