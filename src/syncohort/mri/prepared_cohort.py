"""The prepared subjects of a cohort: all of them written, those of one side of a split read."""

import hashlib
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from syncohort.core.errors import InputError
from syncohort.core.splits import roles_of_patients
from syncohort.mri.preparation import PreparedSubject, prepare_subject
from syncohort.sources.volumes.cohort import included_subjects, subject_files
from syncohort.sources.volumes.inspection import read_subject

logger = logging.getLogger("syncohort")


def prepare_cohort(manifest: pd.DataFrame, modalities: list[str], settings: dict[str, Any], folder: Path) -> None:
    """Prepare every included subject of a manifest, each by itself.

    Parameters
    ----------
    manifest
        The table of `read_volume_cohort`.
    modalities
        Modalities to prepare, in this order.
    settings
        The complete mapping `mri.prepare`.
    folder
        Where `<subject>.npy` and `<subject>.json` go.

    Raises
    ------
    InputError
        When a subject cannot be prepared, with its name and how to leave it out.
    """
    for _, row in included_subjects(manifest).iterrows():
        name = row["subject_id"]
        try:
            subject = read_subject(subject_files(row), modalities)
            prepared = prepare_subject(subject, {"subject_id": name, "patient_id": row["patient_id"]}, settings)
        except InputError as error:
            raise InputError(f"Subject {name}: {error}, or leave it out with mri.exclude: [{name}].") from error
        prepared.write(folder)
    logger.info("%d subjects prepared", len(included_subjects(manifest)))


def read_prepared(folder: Path, splits: pd.DataFrame, split: str) -> dict[str, list[PreparedSubject]]:
    """Open the prepared subjects of a cohort by their role in a split.

    Parameters
    ----------
    folder
        The folder of `prepare_cohort`.
    splits
        The table of `split_patients`.
    split
        Name of the split.

    Returns
    -------
    dict
        `train`, `validation`, `test` → subjects in the order of their names.

    Raises
    ------
    InputError
        When a subject's patient is not in the table, so that nobody knows on which side it is.
    """
    subjects = read_folder(folder)
    patients = pd.Series([subject.description["patient_id"] for subject in subjects], dtype=object)
    by_role: dict[str, list[PreparedSubject]] = {}
    for subject, role in zip(subjects, roles_of_patients(patients, splits, split), strict=True):
        by_role.setdefault(role, []).append(subject)
    return by_role


def read_folder(folder: Path) -> list[PreparedSubject]:
    """Open all prepared subjects of a folder, real or synthetic, in the order of their names."""
    return [PreparedSubject.read(path) for path in sorted(folder.glob("*.json"))]


def data_checksum(training: Sequence[PreparedSubject], validation: Sequence[PreparedSubject]) -> str:
    """Join the checksums of the subjects, each side in its order."""
    sides = ["+".join(subject.description["sha256"] for subject in side) for side in (training, validation)]
    return hashlib.sha256("/".join(sides).encode()).hexdigest()
