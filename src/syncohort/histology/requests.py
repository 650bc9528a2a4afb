"""What settings ask for - patients and other cohorts by name -, looked for before anything is trained."""

from typing import Any

import anndata
import pandas as pd

from syncohort.core.cohort import scale_of
from syncohort.core.errors import InputError, suggest
from syncohort.core.splits import TEST, roles_of_patients
from syncohort.histology.profiles import expression_table, known_profiles

# The quiz asks of so many synthetic tiles of held-out patients, and of as many real ones, at least.
FEWEST_ASKED = 4
PATIENTS, OUTSIDE = "histology.generate.patients", "histology.evaluate.outside"


def inspect_patients(
    samples: pd.DataFrame | None, splits: pd.DataFrame, split: str, settings: dict[str, Any]
) -> dict[str, int]:
    """Count the tiles that will be made, and see that people can be asked about those of held-out patients.

    Parameters
    ----------
    samples
        Samples of the cohort, its `obs`; None for a cohort without expression, whose tiles are made of noise.
    splits, split
        The table of splits, and the one whose quiz is written.
    settings
        The complete mapping `histology.generate`.

    Returns
    -------
    dict
        `tiles` of patients, and `held_out`, those of held-out ones; tiles of noise count as held out.

    Raises
    ------
    InputError
        When `patients` names one who has no sample, or there are fewer than 4 tiles to ask about.
    """
    if samples is None:
        made = settings["per_tissue"]
        _require_enough(made, f"histology.generate.per_tissue is {made}", f"Raise it to {FEWEST_ASKED} or more.")
        return {"tiles": made, "held_out": made}
    patients = samples["patient_id"].astype(str)
    known = set(patients)
    for name in settings["patients"]:
        if name not in known:
            raise InputError(f"{PATIENTS} names {name!r}, who has no sample in the cohort{suggest(name, known)}")
    held_out = patients[(roles_of_patients(patients, splits, split) == TEST).to_numpy()]
    chosen, number = settings["patients"] or known, settings["per_patient"]
    made = {"tiles": int(patients.isin(chosen).sum()) * number, "held_out": int(held_out.isin(chosen).sum()) * number}
    found = f"{PATIENTS} names" if settings["patients"] else "the cohort has"
    remedy = f"Name patients such as {held_out.iloc[0]}, or raise histology.generate.per_patient (now {number})."
    _require_enough(
        made["held_out"], f"{found} {held_out.isin(chosen).sum()} samples of patients held out of {split}", remedy
    )
    return made


def _require_enough(tiles: int, found: str, remedy: str) -> None:
    """Stop where there would be too few tiles for the quiz."""
    if tiles < FEWEST_ASKED:
        raise InputError(
            f"{found}, so there are {tiles} synthetic tiles to ask about, and the quiz needs at least {FEWEST_ASKED}. "
            f"{remedy}"
        )


def inspect_outside(cohort: anndata.AnnData, name: str, other: anndata.AnnData) -> None:
    """See that models of a cohort can be told the expression of another.

    Parameters
    ----------
    cohort, other
        Samples × genes of both.
    name
        Name of the other, for errors.

    Raises
    ------
    InputError
        When the other's expression is on another scale, or lacks more than half of the genes.
    """
    learnt, found = scale_of(cohort), scale_of(other)
    if learnt != found:
        raise InputError(
            f"{OUTSIDE} names the cohort {name}, whose expression is {found.unit}, and the models learn from "
            f"{learnt.unit}. Name a cohort on the same scale."
        )
    known_profiles(expression_table(other), cohort, f"{OUTSIDE}: {name}")
