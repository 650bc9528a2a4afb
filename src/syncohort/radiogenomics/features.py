"""A table of image features: a row per patient, ten features of the shape of each region of the tumour."""

import logging
from collections.abc import Mapping

import numpy as np
import pandas as pd

from syncohort.core.errors import InputError
from syncohort.radiogenomics.shape import UNITS, largest_component, shape_features
from syncohort.sources.volumes.cohort import included_subjects, subject_files
from syncohort.sources.volumes.labels import ENHANCING, NECROSIS, OEDEMA, harmonise
from syncohort.sources.volumes.nifti import read_labels

logger = logging.getLogger("syncohort")

# Region → labels that it is made of. The first two are those of the paper.
REGIONS = {
    "enhancing": (ENHANCING,),
    "oedema": (OEDEMA,),
    "core": (ENHANCING, NECROSIS),
    "whole": (ENHANCING, NECROSIS, OEDEMA),
}


def feature_names(regions: list[str]) -> list[str]:
    """Names of the features, such as `enhancing_volume`, in the order of the table."""
    return [f"{region}_{feature}" for region in regions for feature in UNITS]


def unit_of(feature: str) -> str:
    """Unit of a feature of shape; empty for one of a user's own table."""
    region, _, name = feature.partition("_")
    return UNITS.get(name, "") if region in REGIONS else ""


def measure_features(manifest: pd.DataFrame, regions: list[str], convention: str) -> pd.DataFrame:
    """Measure the regions of every subject of a volume cohort, each in its largest connected part.

    Parameters
    ----------
    manifest
        The manifest of the volume cohort (docs/results.md).
    regions
        Names of `REGIONS`.
    convention
        As `shape_features`.

    Returns
    -------
    DataFrame
        One row per patient: `patient_id`, then `feature_names(regions)`. A region that a patient lacks leaves its cells
        empty. Of a patient with several examinations the first is measured.
    """
    subjects = included_subjects(manifest).drop_duplicates("patient_id")
    rows = []
    for _, row in subjects.iterrows():
        files = subject_files(row)
        numbers, affine = read_labels(files.label)
        label = harmonise(numbers, files.coding)
        spacing = tuple(np.linalg.norm(affine[:3, :3], axis=0))
        rows.append({"patient_id": files.patient_id, **measure_label(label, spacing, regions, convention)})
    table = pd.DataFrame(rows, columns=["patient_id", *feature_names(regions)])
    logger.info(
        "%d patients measured, %d of them without one of the regions", len(table), table.isna().any(axis=1).sum()
    )
    return table


def measure_label(
    label: np.ndarray, spacing: tuple[float, ...], regions: list[str], convention: str
) -> Mapping[str, float]:
    """Measure the regions of one label volume (x, y, z); a region that is not there has no features."""
    found = {}
    for region in regions:
        mask = np.isin(label, REGIONS[region])
        if mask.any():
            features = shape_features(largest_component(mask), spacing, convention)
            found |= {f"{region}_{name}": value for name, value in features.items()}
    return found


def read_feature_table(settings: Mapping, path: str) -> pd.DataFrame:
    """Read image features from a table of the user's own.

    Parameters
    ----------
    settings
        The mapping `radiogenomics.features.table`: `patient`, the column of patients, and `columns`, the features to
        take, all columns of numbers when empty.
    path
        The table, TSV or CSV.

    Returns
    -------
    DataFrame
        One row per patient: `patient_id`, then the features.

    Raises
    ------
    InputError
        When a column is missing or holds text, or a patient has two rows.
    """
    table = pd.read_csv(path, sep=None, engine="python", dtype={settings["patient"]: str})
    key = "radiogenomics.features.table"
    absent = [name for name in [settings["patient"], *settings["columns"]] if name not in table]
    if absent:
        raise InputError(
            f"{key} names the column {absent[0]}, and {path} has {', '.join(table.columns[:10])} … Correct the name."
        )
    numbers = table.drop(columns=settings["patient"]).select_dtypes("number").columns
    columns = settings["columns"] or list(numbers)
    text = [name for name in columns if name not in numbers]
    if text or not columns:
        which = f"{text[0]} of {path} holds text" if text else f"no column of {path} but patients holds any"
        raise InputError(f"{key}: features must be numbers, and {which}. Correct the column, or name others.")
    table = table.rename(columns={settings["patient"]: "patient_id"})
    twice = table["patient_id"][table["patient_id"].duplicated()]
    if len(twice):
        raise InputError(f"{path} has several rows for the patient {twice.iloc[0]}. Keep one row for each patient.")
    return table[["patient_id", *columns]]
