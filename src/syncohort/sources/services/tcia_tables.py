"""The clinical table of NSCLC Radiogenomics, in the names and values that all sources share."""

import io

import pandas as pd

from syncohort.core.errors import InputError
from syncohort.sources.download.cache import Dataset
from syncohort.sources.download.fetched import find_file
from syncohort.sources.files import readable
from syncohort.sources.samples import harmonise

PATIENT, CHOICE = "Case ID", "Tumor Location (choice="
HARMONISED = {
    PATIENT: "patient_id",
    "Gender": "sex",
    "Age at Histological Diagnosis": "age",
    "Histology": "histology",
    "Histopathological Grade": "grade",
}


def read_clinical(dataset: Dataset, key: str) -> pd.DataFrame:
    """Read the table, a row per patient.

    Parameters
    ----------
    dataset
        The fetched dataset of the tables.
    key
        The setting that named it, for errors.

    Returns
    -------
    DataFrame
        `patient_id`, `sex`, `age` (years), `histology`, `grade`, `location` (lobes, joined by a plus), and the table's
        own columns under their own names; text, None where nothing is known.

    Raises
    ------
    InputError
        When the file is damaged, lacks the column of the patients, or names one twice.
    """
    path = find_file(dataset, "*.csv", key)
    with readable(path, key):
        text = path.read_text(encoding="utf-8-sig")
    table = pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False)
    table.columns = table.columns.str.strip()
    if PATIENT not in table:
        raise InputError(f"{key}: {path} has no column {PATIENT!r}, only {', '.join(table)}. Fetch it again.")
    places = [column for column in table if column.startswith(CHOICE)]
    table = table.assign(location=_chosen(table[places])).drop(columns=places).rename(columns=HARMONISED)
    twice = table["patient_id"][table["patient_id"].duplicated()]
    if len(twice):
        raise InputError(f"{key}: {path} has two rows of the patient {twice.iloc[0]}. Fetch it again.")
    table = harmonise.text(table)
    table["sex"] = harmonise.sex(table["sex"])
    named = [column for column in (*HARMONISED.values(), "location") if column in table]
    return table[named + [column for column in table if column not in named]].sort_values("patient_id")


def _chosen(places: pd.DataFrame) -> pd.Series:
    """Join the places that are ticked: one column for each choice is how the form was exported."""
    names = places.columns.str.removeprefix(CHOICE).str.removesuffix(")").str.removeprefix("L ")
    return (places == "Checked").apply(lambda row: "+".join(names[row.to_numpy()]), axis=1)
