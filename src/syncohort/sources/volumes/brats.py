"""BraTS folders: the file names of the releases from 2018 to 2023."""

import re
from collections import defaultdict
from pathlib import Path

from syncohort.core.errors import InputError
from syncohort.sources.volumes.labels import BRATS_2023
from syncohort.sources.volumes.subject import SubjectFiles, Volume

KEY = "mri.source.brats.folder"
# To 2021 <subject>_<kind>, from 2023 on <subject>-<kind>. One label file of BraTS 2020 has another name.
FILE = re.compile(
    r"(?P<subject>.+)[_-](?P<kind>t1n|t1c|t2w|t2f|t1ce|t1|t2|flair|seg|segm)\.nii(\.gz)?", flags=re.IGNORECASE
)
KINDS_2023 = {"t1n": "t1", "t1c": "t1ce", "t2w": "t2", "t2f": "flair"}
KINDS = {**KINDS_2023, "seg": "label", "segm": "label"}
# BraTS-GLI-00012-001 is the second examination of the patient 00012.
EXAMINATION = re.compile(r"(?P<patient>BraTS-[A-Za-z]+-\d+)-\d+")


def find_brats(folder: Path) -> list[SubjectFiles]:
    """Find the subjects of a BraTS folder, at any depth.

    Parameters
    ----------
    folder
        What was unpacked: a folder per subject, or all files in one.

    Returns
    -------
    list of SubjectFiles
        By name. A subject may lack files; `Volume`s are not opened.

    Raises
    ------
    InputError
        When no file has a name of BraTS, or a subject has two files of one kind.
    """
    found: dict[str, dict[str, Path]] = defaultdict(dict)
    recent = set()
    for path in sorted(folder.rglob("*.nii*")):
        match = FILE.fullmatch(path.name)
        if match is None or path.name.startswith("."):
            continue
        kind = KINDS.get(match["kind"].lower(), match["kind"].lower())
        # The label file with another name is of the subject whose folder it lies in.
        subject = path.parent.name if match["kind"].lower() == "segm" else match["subject"]
        if kind in found[subject]:
            raise InputError(
                f"{KEY}: the subject {subject} has two files for {kind}, {found[subject][kind]} and {path}. Leave one."
            )
        found[subject][kind] = path
        if match["kind"].lower() in KINDS_2023:
            recent.add(subject)
    if not found:
        raise InputError(
            f"{KEY}: {folder} has no files named as BraTS names them, such as BraTS20_Training_001_flair.nii.gz or "
            "BraTS-GLI-00000-000-t2f.nii.gz. Name the folder that was unpacked, or describe your names with "
            "mri.source.folder."
        )
    return [_subject(name, paths, name in recent) for name, paths in sorted(found.items())]


def _subject(name: str, paths: dict[str, Path], recent: bool) -> SubjectFiles:
    examination = EXAMINATION.fullmatch(name)
    label = paths.get("label")
    return SubjectFiles(
        subject_id=name,
        patient_id=examination["patient"] if examination else name,
        images={kind: Volume(path) for kind, path in paths.items() if kind != "label"},
        label=Volume(label) if label else None,
        # With these names 3 is enhancing tumour, and a 4 would be the resection cavity of 2024.
        coding=BRATS_2023 if recent else None,
    )
