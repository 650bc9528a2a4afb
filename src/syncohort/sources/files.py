"""Opening the files a user names: a missing or damaged one gets one clear sentence."""

import gzip
import lzma
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pyarrow

from syncohort.core.errors import InputError

OPENERS = {".gz": gzip.open, ".xz": lzma.open}


@contextmanager
def readable(path: Path, key: str) -> Iterator[None]:
    """Turn the errors of reading `path`, which the user gave as `key`, into one message.

    Raises
    ------
    InputError
        When the file is missing, cut off, damaged, not UTF-8 or may not be read.
    """
    if not path.is_file():
        raise InputError(
            f"{key}: {path} does not exist. Paths are relative to the folder the workflow runs in ({Path.cwd()})."
        )
    try:
        yield
    except (OSError, EOFError, zlib.error, lzma.LZMAError, UnicodeDecodeError, pyarrow.ArrowInvalid) as error:
        raise InputError(
            f"{key}: {path} could not be read: {error}. It may be cut off or damaged; fetch it again."
        ) from error


def open_text(path: Path) -> IO[str]:
    """Open a plain, .gz or .xz text file as UTF-8; a byte order mark and any kind of line ending are taken."""
    return OPENERS.get(path.suffix, open)(path, "rt", encoding="utf-8-sig")


def separator_of(line: str) -> str:
    """Tell the separator of a table from its first line: a tab where there is one, a comma otherwise."""
    return "\t" if "\t" in line else ","
