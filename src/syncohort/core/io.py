"""Files that appear whole or not at all."""

import errno
import gzip
import hashlib
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd

from syncohort.core.errors import InputError

# Columns that hold names, whatever they look like.
NAMES = ("patient_id", "subject_id", "slide_id", "tile_id", "tissue", "gene", "name")
OUT_OF_SPACE = (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def atomic_path(path: str | Path) -> Iterator[Path]:
    """Give a temporary path beside `path`, and rename it to `path` when the block succeeds.

    The temporary name keeps the suffixes, so writers that look at them (gzip, HDF5) behave as they
    would for the real name. After a failure the temporary file is gone and `path` is as it was.

    Raises
    ------
    InputError
        When the disk or the quota is full.
    """
    path = Path(path)
    # Of this process on this host: nodes that share a file system count their processes alike.
    temporary = path.with_name(f".{socket.gethostname()}-{os.getpid()}.{path.name}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        with open(temporary, "rb") as written:
            os.fsync(written.fileno())
        os.replace(temporary, path)
    except OSError as error:
        if error.errno in OUT_OF_SPACE:
            raise InputError(
                f"The disk is full: {path} could not be written. Free some space or work in another folder "
                "(snakemake --directory), then start again; finished files are kept."
            ) from error
        raise
    finally:
        temporary.unlink(missing_ok=True)


def write_bytes(content: bytes, path: str | Path) -> None:
    """Write `content`.

    Formats with writers of their own (HDF5, safetensors, torch) are made in memory and written here: on a full disk
    their writers raise all sorts of things, and HDF5's can crash the interpreter.
    """
    with atomic_path(path) as temporary:
        temporary.write_bytes(content)


def write_text(text: str, path: str | Path) -> None:
    """Write `text` as UTF-8."""
    write_bytes(text.encode(), path)


def write_json(content: Any, path: str | Path) -> None:
    """Write `content` as indented JSON, keys in the order given."""
    write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", path)


def read_json(path: str | Path) -> Any:
    """Read one JSON document."""
    return json.loads(Path(path).read_text(encoding="utf-8"))


def write_tsv(table: pd.DataFrame, path: str | Path, *, index: bool = False) -> None:
    """Write `table` tab-separated, gzipped when the name ends in .gz; equal tables give equal bytes."""
    with atomic_path(path) as temporary:
        if temporary.suffix == ".gz":
            # No name and no time in the gzip header, or the same table would differ from run to run.
            with open(temporary, "wb") as raw, gzip.GzipFile("", "wb", mtime=0, fileobj=raw) as packed:
                packed.write(table.to_csv(sep="\t", index=index, lineterminator="\n").encode())
        else:
            table.to_csv(temporary, sep="\t", index=index, lineterminator="\n")


def read_tsv(path: str | Path) -> pd.DataFrame:
    """Read a table written by `write_tsv`.

    Only empty cells are missing, so a gene named NA stays; and names are text, so a patient 007 does.
    """
    return pd.read_csv(path, sep="\t", keep_default_na=False, na_values=[""], dtype=dict.fromkeys(NAMES, str))


def sha256(path: str | Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    with open(path, "rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
