"""Files of a fetched dataset, found by what they are called and read as they came, zipped or not."""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatch
from pathlib import Path
from typing import IO, Any

from syncohort.core.errors import InputError
from syncohort.sources.download.cache import Dataset
from syncohort.sources.files import readable

# What of a dataset's record a cohort's provenance repeats.
RECORDED = ("title", "version", "licence", "access", "citation")


def find_files(dataset: Dataset, pattern: str) -> list[Path]:
    """Find the files of a dataset whose names below its folder match a pattern, in the order of their names."""
    names = sorted(file["name"] for file in dataset.record["files"])
    return [dataset.folder / name for name in names if fnmatch(name, pattern)]


def find_file(dataset: Dataset, pattern: str, key: str) -> Path:
    """Find the one file of a dataset whose name matches a pattern.

    Raises
    ------
    InputError
        When there is none or more than one.
    """
    found = find_files(dataset, pattern)
    if len(found) != 1:
        raise InputError(
            f"{key}: {dataset.name} has {len(found)} files {pattern}, and one was expected. Delete {dataset.folder} "
            "and download again."
        )
    return found[0]


def describe_dataset(dataset: Dataset) -> dict[str, Any]:
    """Repeat, for a cohort's provenance, what a dataset's record says of it, and the checksums of its files."""
    files = {file["name"]: file["sha256"] for file in dataset.record["files"]}
    return {"name": dataset.name, **{key: dataset.record[key] for key in RECORDED}, "files": files}


@contextmanager
def open_zipped(path: Path, key: str) -> Iterator[IO[bytes]]:
    """Open the one table in a zip, in whatever folder of it; what macOS adds is passed over.

    Raises
    ------
    InputError
        When the zip is missing or damaged, or does not hold exactly one table.
    """
    with readable(path, key):
        try:
            with zipfile.ZipFile(path) as archive:
                names = [name for name in archive.namelist() if name.endswith(".txt") and "__MACOSX" not in name]
                if len(names) != 1:
                    raise InputError(f"{key}: {path} holds {len(names)} tables, and one was expected. Fetch it again.")
                with archive.open(names[0]) as opened:
                    yield opened
        except zipfile.BadZipFile as error:
            raise InputError(f"{key}: {path} is damaged: {error}. Delete it and download again.") from error
