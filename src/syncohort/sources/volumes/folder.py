"""Any folder of volumes, its file names described by patterns."""

from pathlib import Path
from typing import Any

from syncohort.core.errors import InputError
from syncohort.sources.patterns import compile_pattern
from syncohort.sources.volumes.subject import SubjectFiles, Volume

PLACEHOLDERS = ("subject", "patient")


def find_folder(settings: dict[str, Any], key: str = "mri.source.folder") -> list[SubjectFiles]:
    """Find the subjects of a folder.

    Parameters
    ----------
    settings
        The complete mapping `folder` of a wing's source.
    key
        Name of that mapping, for errors.

    Returns
    -------
    list of SubjectFiles
        By name: every subject with at least one image.

    Raises
    ------
    InputError
        When a pattern lacks `{subject}` or meets nothing, or two files of a subject meet the same pattern.
    """
    folder = Path(settings["folder"])
    patterns = {f"images.{modality}": pattern for modality, pattern in settings["images"].items() if pattern}
    patterns |= {kind: settings[kind] for kind in ("label", "brain") if settings.get(kind)}
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    found: dict[str, dict[str, Volume]] = {}
    patients: dict[str, str] = {}
    for kind, pattern in patterns.items():
        matches = [
            match for match in map(compile_pattern(pattern, PLACEHOLDERS, f"{key}.{kind}").fullmatch, names) if match
        ]
        if not matches:
            example = f", such as {names[0]}" if names else ""
            raise InputError(
                f"{key}.{kind}: no file fits the pattern {pattern!r}; {folder} has {len(names)} files{example}. "
                "Correct the pattern; {subject} stands for a name and * for anything within a name."
            )
        for match in matches:
            volumes = found.setdefault(match["subject"], {})
            if kind in volumes:
                raise InputError(
                    f"{key}.{kind}: of the subject {match['subject']} both {volumes[kind]} and {folder / match.string} "
                    f"fit the pattern {pattern!r}. Make it narrower."
                )
            volumes[kind] = Volume(folder / match.string)
            patients[match["subject"]] = match.groupdict().get("patient") or match["subject"]
    return [
        SubjectFiles(
            subject_id=name,
            patient_id=patients[name],
            images={kind.removeprefix("images."): volumes[kind] for kind in volumes if kind.startswith("images.")},
            label=volumes.get("label"),
            brain=volumes.get("brain"),
        )
        for name, volumes in sorted(found.items())
    ]
