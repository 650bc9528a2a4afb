"""What is known of patients beside genes and images: their covariates, and the clinical table of their CT."""

from collections.abc import Sequence

import pandas as pd

from syncohort.core.errors import InputError, suggest

KEY = "nodule.map.labels"
# Taken from the clinical table where the settings name nothing.
USUAL = ("sex", "age", "histology", "grade")


def clinical_labels(
    samples: pd.DataFrame, covariates: Sequence[str], clinical: pd.DataFrame | None, chosen: Sequence[str] | None
) -> pd.DataFrame:
    """Collect the labels of patients.

    Parameters
    ----------
    samples
        Samples of the cohort with `patient_id`; a patient's first sample that has a value counts.
    covariates
        Columns of `samples` that are taken where none are chosen.
    clinical
        The clinical table with `patient_id`, which goes before `samples`; None without.
    chosen
        Columns to take; None for the covariates and what `USUAL` names.

    Returns
    -------
    DataFrame
        (patients, labels) by `patient_id`, as they are in the tables.

    Raises
    ------
    InputError
        When a chosen column is in neither table.
    """
    tables = [_by_patient(table) for table in (clinical, samples) if table is not None]
    there = list(dict.fromkeys(column for table in tables for column in table))
    for name in chosen or []:
        if name not in there:
            where = "the clinical table and the samples" if len(tables) > 1 else "the samples"
            raise InputError(
                f"{KEY} names {name!r}, which is no column of {where}{suggest(name, there)} There are: "
                f"{', '.join(map(repr, there))}."
            )
    usual = [name for name in USUAL if clinical is not None and name in clinical]
    wanted = [*covariates, *usual] if chosen is None else chosen
    labels = {name: next(table[name] for table in tables if name in table) for name in dict.fromkeys(wanted)}
    return pd.DataFrame(labels).rename_axis("patient_id")


def _by_patient(table: pd.DataFrame) -> pd.DataFrame:
    """First known value of each column for every patient."""
    patients = table["patient_id"].astype(str)
    return table.drop(columns="patient_id").astype(object).groupby(patients.to_numpy()).first()
