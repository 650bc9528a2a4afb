"""What settings ask for - held-out patients, pairs of patients, profiles -, looked for before anything is trained."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from syncohort.core.errors import InputError, suggest
from syncohort.core.naming import fold_names
from syncohort.core.scale import Scale
from syncohort.core.splits import TEST, TRAIN, roles_of_patients
from syncohort.nodule.genes import GeneScale, paired_profiles
from syncohort.sources.matrices.profiles import read_profiles

# Fewer held-out patients with genes and CT tell nothing of whether nodules follow genes.
FEWEST_JUDGED = 3
PAIRS, PROFILES = "nodule.sample.interpolate", "nodule.sample.profiles"


def inspect_folds(patients: pd.Series, expression: pd.DataFrame, splits: pd.DataFrame, folds: int) -> None:
    """See that models that are told genes can be judged on the held-out patients of the first folds.

    Parameters
    ----------
    patients
        Patients with CT.
    expression
        (patients, genes) log expression of a tumour.
    splits
        The table of splits.
    folds
        How many are judged.

    Raises
    ------
    InputError
        When fewer than 3 held-out patients have both.
    """
    for fold in fold_names(folds):
        held_out = patients[(roles_of_patients(patients, splits, fold) == TEST).to_numpy()]
        paired_profiles(held_out.to_numpy(dtype=str), expression, f"held-out ({fold})", FEWEST_JUDGED)


def inspect_pairs(pairs: Sequence[Sequence[str]], patients: pd.Index) -> None:
    """See that the patients between whom to go are there.

    Parameters
    ----------
    pairs
        Names, two by two.
    patients
        Patients with expression of a tumour and CT.

    Raises
    ------
    InputError
        With the first name that is of no such patient.
    """
    for name in (name for pair in pairs for name in pair):
        if name not in patients:
            raise InputError(
                f"{PAIRS} names {name}, who is no patient with expression of a tumour and CT"
                f"{suggest(name, patients.tolist())}"
            )


def inspect_profiles(
    profiles: pd.DataFrame, expression: pd.DataFrame, splits: pd.DataFrame, split: str, model: dict[str, Any]
) -> None:
    """See that a model can be told new profiles, by the genes that it will learn from.

    Parameters
    ----------
    profiles
        (profiles, genes) log expression.
    expression
        (patients, genes) log expression of the patients with CT.
    splits, split
        The table of splits, and the split whose model makes the slices.
    model
        The complete settings of the model.

    Raises
    ------
    InputError
        When a gene that the model will be told is missing.
    """
    roles = roles_of_patients(expression.index.to_series(), splits, split)
    scale = GeneScale.fit(expression[(roles == TRAIN).to_numpy()], model["most_variable_genes"], model["gene_scaling"])
    try:
        scale.apply(profiles)
    except InputError as error:
        raise InputError(f"{PROFILES}: {error}") from error


def log_profiles(path: str, scale: Scale) -> pd.DataFrame:
    """Read further profiles on the scale of the cohort: (profiles, genes) log expression.

    Parameters
    ----------
    path
        A matrix with genes in rows and a profile in each further column.
    scale
        Scale of the values.

    Raises
    ------
    InputError
        When the file cannot be read, or a value is missing or below what the scale allows.
    """
    profiles = read_profiles(Path(path), PROFILES)
    values = profiles.to_numpy(dtype=np.float64)
    wrong = ~np.isfinite(values) | (values < scale.minimum)
    if wrong.any():
        row, column = np.argwhere(wrong)[0]
        raise InputError(
            f"{PROFILES}: {path} has {values[row, column]:g} for {profiles.columns[column]} of the profile "
            f"{profiles.index[row]}, and needs a number of {scale.unit}, as the cohort has, for every gene "
            f"({wrong.sum()} such values)."
        )
    return pd.DataFrame(scale.to_log(values), profiles.index, profiles.columns)
