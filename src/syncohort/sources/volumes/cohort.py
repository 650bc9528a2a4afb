"""A volume cohort: one manifest of all subjects, what they hold, and who was left out and why."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from syncohort.core.errors import InputError, suggest
from syncohort.core.io import sha256
from syncohort.core.provenance import provenance
from syncohort.sources.download.cache import Dataset, read_record
from syncohort.sources.download.fetched import describe_dataset
from syncohort.sources.volumes.brats import find_brats
from syncohort.sources.volumes.folder import find_folder
from syncohort.sources.volumes.inspection import count_labels, read_subject
from syncohort.sources.volumes.labels import coding_of
from syncohort.sources.volumes.msd import find_msd
from syncohort.sources.volumes.nifti import shape_text
from syncohort.sources.volumes.protocol import BRAIN_MRI, ImagingProtocol
from syncohort.sources.volumes.subject import SubjectFiles, Volume
from syncohort.sources.volumes.tcia import find_tcia

logger = logging.getLogger("syncohort")

FEWEST_SUBJECTS = 5
INCLUDED, EXCLUDED = "included", "excluded"
# Source → how its subjects are found, by its settings and their key.
FINDERS: dict[str, Callable[[dict[str, Any], str], list[SubjectFiles]]] = {
    "brats": lambda settings, _: find_brats(Path(settings["folder"])),
    "msd": lambda settings, _: find_msd(Path(settings["folder"])),
    "tcia": lambda settings, key: find_tcia(Path(settings["folder"]), key),
    "folder": find_folder,
}


def read_volume_cohort(
    settings: dict[str, Any],
    *,
    seed: int,
    records: Sequence[Path] = (),
    protocol: ImagingProtocol = BRAIN_MRI,
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Find and inspect all subjects of a source.

    Every subject is opened once; whatever is wrong with any of them is logged, and the first stops the job.

    Parameters
    ----------
    settings
        `source` with exactly one source, and `missing`, `exclude`, `labels`, and `modalities` where the wing leaves the
        choice, as in the mapping of the wing.
    seed
        Seed of the job, for the provenance record; nothing here is random.
    records
        Records of the public datasets that the folder is, or was unpacked from.
    protocol
        What the subjects of the wing have.

    Returns
    -------
    manifest
        One row per subject, `protocol.columns`: paths (`#2` for channel 2 of a 4D file), geometry, voxels of brain and
        labels; geometry and counts are empty for the excluded.
    record
        Provenance with the checksum of every file of an included subject.

    Raises
    ------
    InputError
        When a subject cannot be used and is not excluded, `exclude` names no subject, or fewer than 5 are left.
    """
    kind, source = next(iter(settings["source"].items()))
    key = f"{protocol.wing}.source.{kind}"
    if not Path(source["folder"]).is_dir():
        raise InputError(f"{key}.folder: there is no folder {source['folder']} in {Path.cwd()}. Correct the path.")
    subjects = FINDERS[kind](source, key)
    names = [files.subject_id for files in subjects]
    for name in settings["exclude"]:
        if name not in names:
            raise InputError(
                f"{protocol.wing}.exclude names the subject {name!r}, which {source['folder']} "
                f"lacks{suggest(name, names)}"
            )
    modalities = settings.get("modalities", protocol.modalities)
    coding = coding_of(settings["labels"], protocol.labels)
    rows, problems = [], {}
    for files in subjects:
        reason = _reason_to_exclude(files, settings, modalities, protocol)
        row = _row(files, reason, protocol)
        if not reason:
            try:
                row |= _contents(files, modalities, coding, protocol)
            except InputError as error:
                problems[files.subject_id] = str(error).removesuffix(".")
                logger.warning("subject %s: %s", files.subject_id, problems[files.subject_id])
        rows.append(row)
    manifest = pd.DataFrame(rows, columns=protocol.columns)
    if problems:
        raise InputError(_tell(problems, protocol))
    included = included_subjects(manifest)
    if len(included) < FEWEST_SUBJECTS:
        raise InputError(
            f"{key}.folder: {len(included)} subjects of {len(manifest)} in {source['folder']} can be used, and a "
            f"volume cohort needs at least {FEWEST_SUBJECTS}. Add subjects, or exclude fewer."
        )
    logger.info("%d subjects of %d patients, %d excluded", len(included), included["patient_id"].nunique(),
                len(manifest) - len(included))  # fmt: skip
    datasets = [read_record(path) for path in records]
    return manifest, provenance(
        seed=seed,
        settings={protocol.wing: settings},
        inputs=_checksums(included, protocol, datasets),
        datasets=[describe_dataset(dataset) for dataset in datasets],
    )


def included_subjects(manifest: pd.DataFrame) -> pd.DataFrame:
    """Give the rows of the subjects that can be used."""
    return manifest[manifest["status"] == INCLUDED]


def subject_files(row: pd.Series, protocol: ImagingProtocol = BRAIN_MRI) -> SubjectFiles:
    """Give the files of a subject in the manifest, with the coding that was found."""
    coding = dict(pair.split("=") for pair in row["coding"].split())
    return SubjectFiles(
        subject_id=row["subject_id"],
        patient_id=row["patient_id"],
        images={name: Volume.parse(row[name]) for name in protocol.modalities if _is_given(row[name])},
        label=Volume.parse(row["label"]),
        brain=Volume.parse(row["brain_mask"]) if _is_given(row.get("brain_mask")) else None,
        coding={int(number): int(meaning) for number, meaning in coding.items()},
    )


def _is_given(cell: object) -> bool:
    """Whether a cell holds text; an empty one is read as missing."""
    return isinstance(cell, str) and cell != ""


def _reason_to_exclude(
    files: SubjectFiles, settings: dict[str, Any], modalities: Sequence[str], protocol: ImagingProtocol
) -> str:
    if files.subject_id in settings["exclude"]:
        return f"named in {protocol.wing}.exclude"
    absent = [modality for modality in modalities if modality not in files.images]
    if absent and settings["missing"] == "drop_subjects":
        return f"lacks {', '.join(absent)}"
    return ""


def _row(files: SubjectFiles, reason: str, protocol: ImagingProtocol) -> dict[str, Any]:
    return {
        "subject_id": files.subject_id,
        "patient_id": files.patient_id,
        "status": EXCLUDED if reason else INCLUDED,
        "reason": reason,
        **{modality: str(volume) for modality, volume in files.images.items()},
        "label": str(files.label) if files.label else "",
        "brain_mask": str(files.brain) if files.brain else "",
        "missing": " ".join(modality for modality in protocol.modalities if modality not in files.images),
    }


def _contents(
    files: SubjectFiles, modalities: Sequence[str], coding: dict[int, int] | None, protocol: ImagingProtocol
) -> dict[str, Any]:
    """Open a subject and describe what it holds."""
    if coding:
        files = replace(files, coding=coding)
    subject = read_subject(files, modalities, protocol)
    return {
        "shape": shape_text(subject.label.shape),
        "spacing": "×".join(f"{length:g}" for length in subject.spacing),
        "orientation": subject.orientation,
        "coding": " ".join(f"{number}={meaning}" for number, meaning in sorted(subject.coding.items())),
        **({"brain": int(subject.brain.sum())} if protocol.brain else {}),
        **count_labels(subject.label, protocol.labels),
    }


def _tell(problems: dict[str, str], protocol: ImagingProtocol) -> str:
    name, problem = next(iter(problems.items()))
    others = f" {len(problems) - 1} more subjects have problems, all in the log." if len(problems) > 1 else ""
    key = f"{protocol.wing}.exclude"
    exclude = f"{key}: [{', '.join(problems)}]" if len(problems) <= 5 else key
    # Whoever lacks the label alone lacks no image.
    lacks_image = problem.startswith("it has no file for") and not problem.endswith("for label")
    drop = f", or {protocol.wing}.missing: drop_subjects" if lacks_image else ""
    return f"Subject {name}: {problem}. Mend it, or leave it out with {exclude}{drop}.{others}"


def _checksums(included: pd.DataFrame, protocol: ImagingProtocol, datasets: Sequence[Dataset]) -> dict[str, str]:
    """Checksum of every file that the cohort is made of; those of downloads are known."""
    known = {str(data.folder / file["name"]): file["sha256"] for data in datasets for file in data.record["files"]}
    columns = included.columns.intersection([*protocol.modalities, "label", "brain_mask"])
    texts = [text for text in included[columns].to_numpy().ravel() if _is_given(text)]
    paths = {str(Volume.parse(text).path) for text in texts}
    return {path: known.get(path) or sha256(path) for path in sorted(paths)}
