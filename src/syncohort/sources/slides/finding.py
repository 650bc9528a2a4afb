"""The images of a folder, found by the pattern of their paths: slides or ready tiles, none of them opened yet."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from syncohort.core.errors import InputError
from syncohort.sources.patterns import compile_pattern

DICOM = ".dcm"
PLACEHOLDERS = ("patient", "slide", "tile", "tissue")


@dataclass(frozen=True)
class ImageFile:
    """An image before it is opened.

    Parameters
    ----------
    path
        The file, a slide or a ready tile.
    slide_id
        Name of the slide; ready tiles may share one.
    patient_id
        Name of the patient; all images of a patient stay on one side of a split.
    tissue
        Tissue of the slide, by which it meets a sample of the patient.
    """

    path: Path
    slide_id: str
    patient_id: str
    tissue: str


def find_images(source: dict[str, Any], key: str) -> list[ImageFile]:
    """Find the images of a folder by the pattern of their paths in it, in the order of their paths.

    Raises
    ------
    InputError
        When there is no such folder, the pattern lacks `{patient}`, or it meets nothing.
    """
    folder = Path(source["folder"])
    if not folder.is_dir():
        raise InputError(f"{key}.folder: there is no folder {folder} in {Path.cwd()}. Correct the path.")
    pattern = compile_pattern(source["pattern"], PLACEHOLDERS, f"{key}.pattern")
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    found = [match for match in map(pattern.fullmatch, names) if match]
    if not found:
        example = f", such as {names[0]}" if names else ""
        raise InputError(
            f"{key}.pattern: no file fits the pattern {source['pattern']!r}; {folder} has {len(names)} files{example}. "
            "Correct the pattern; {patient} stands for a name and * for anything within a name."
        )
    files = [_image_file(folder / match.string, match.groupdict(), source["tissue"]) for match in found]
    # The levels of a DICOM slide are files of one folder, and each of them opens all.
    levels = {(file.slide_id, file.path.parent): file for file in reversed(files) if file.path.suffix == DICOM}
    return [file for file in files if file.path.suffix != DICOM or levels[file.slide_id, file.path.parent] is file]


def _image_file(path: Path, told: dict[str, str], tissue: str) -> ImageFile:
    """Name an image by what its path tells; a slide's name need be told only where a patient has several."""
    tissue = told.get("tissue", tissue)
    names = [told["patient"], tissue, *filter(None, [told.get("slide")])]
    return ImageFile(path, "_".join(names), told["patient"], tissue)
