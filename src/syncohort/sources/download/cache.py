"""Datasets in the shared cache: each fetched once, by one process, and described by a record that is written last."""

import errno
import json
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from syncohort.core.errors import InputError
from syncohort.core.io import read_json, write_json
from syncohort.sources.download.bundle import fetch_group, group_files
from syncohort.sources.download.client import Client
from syncohort.sources.download.ledger import LedgerEntry
from syncohort.sources.download.progress import Progress, amount
from syncohort.sources.download.remote_file import RemoteFile

logger = logging.getLogger("syncohort")

RECORD = "dataset.json"
NOT_OURS = (errno.EACCES, errno.EPERM, errno.EROFS)
# A line of JSON for every file that is whole, so that a download which was interrupted knows them.
JOURNAL = "files.jsonl"


@dataclass(frozen=True)
class Dataset:
    """A fetched dataset.

    Parameters
    ----------
    name
        Name with that of its source, as in `kegg/hsa05211`.
    folder
        Where its files are.
    record
        `title`, `version`, `licence`, `access`, `citation`, `notice`, and `files`, each with `name`, `url`, `size` and
        `sha256`.
    """

    name: str
    folder: Path
    record: dict[str, Any]


def read_record(path: str | Path) -> Dataset:
    """Read a dataset by its record.

    Raises
    ------
    InputError
        When a file that the record names is missing or has another size.
    """
    path = Path(path)
    record = read_json(path)
    dataset = Dataset(record["name"], path.parent, record)
    for file in record["files"]:
        if not _is_there(dataset.folder, file):
            raise InputError(
                f"{dataset.folder / file['name']} is missing or was changed since it was downloaded. Delete {path}, "
                "then start again: only what is missing is downloaded."
            )
    return dataset


def locks_of(folder: Path) -> Path:
    """Folder of the locks by which all downloads from a dataset's source share its limits."""
    return folder.parent / ".locks"


def fetch_dataset(
    folder: Path,
    entry: LedgerEntry,
    client: Client,
    list_files: Callable[[], list[RemoteFile]],
    tell_version: Callable[[Dataset], str] | None = None,
) -> Dataset:
    """Fetch what is missing of a dataset, and write its record.

    Parameters
    ----------
    folder
        The dataset's folder in the cache, `{cache}/{source}/{dataset}`.
    entry
        What the ledger knows of it.
    client
        Client of the service.
    list_files
        Gives the files of the dataset; called only when there is no record of whole files.
    tell_version
        Reads the version from the fetched files; without it, the version is the ledger's.

    Raises
    ------
    InputError
        When something cannot be had, or the cache may not be written.
    """
    if not _is_whole(folder):
        with _owned(folder, entry.name):
            # Another process may have fetched it while this one waited.
            if not _is_whole(folder):
                fetched = Dataset(entry.name, folder, _fetch(folder, entry, client, list_files()))
                version = tell_version(fetched) if tell_version else _dated(entry.version, fetched)
                write_json({**fetched.record, "version": version}, folder / RECORD)
    return read_record(folder / RECORD)


def _is_whole(folder: Path) -> bool:
    record = folder / RECORD
    return record.exists() and all(_is_there(folder, file) for file in read_json(record)["files"])


def _is_there(folder: Path, known: dict[str, Any]) -> bool:
    path = folder / known["name"]
    return path.is_file() and path.stat().st_size == known["size"]


@contextmanager
def _owned(folder: Path, name: str) -> Iterator[None]:
    """Hold the dataset for this process, waiting for another one that does."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / ".lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            logger.info("%s: another process is downloading it; waiting for that", name)
            lock.acquire(poll_interval=1)
    except OSError as error:
        if error.errno not in NOT_OURS:
            raise
        raise InputError(
            f"{folder} lacks files of {name} and may not be written. Set cache in config/config.yaml to a folder of "
            "your own, or ask the owner of this one to run `snakemake download`."
        ) from error
    try:
        yield
    finally:
        lock.release()


def _dated(version: str, dataset: Dataset) -> str:
    """Put the date of the last change into a version, that of the first file which has one."""
    dates = [file["modified"] for file in dataset.record["files"] if "modified" in file]
    return version.replace("{modified}", dates[0] if dates else "at a time the server does not tell")


def _fetch(folder: Path, entry: LedgerEntry, client: Client, files: list[RemoteFile]) -> dict[str, Any]:
    """Fetch the missing files, several at one time, and give the record."""
    known = {file["name"]: file for file in _read_journal(folder) if _is_there(folder, file)}
    missing = [file for file in files if not _is_same(file, known.get(file.name))]
    logger.info("%s: %d of %d files to download from %s", entry.name, len(missing), len(files), client.base_url)
    if entry.notice:
        logger.info("%s: %s", entry.name, entry.notice)
    progress = Progress(entry.name, len(missing))
    with open(folder / JOURNAL, "a", encoding="utf-8") as journal:
        for group in _all_at_once(lambda files: fetch_group(files, folder, client, progress), missing, client):
            known |= {file["name"]: file for file in group}
            # The line breaks come first: after a line that was cut off, these are whole.
            journal.write("".join(f"\n{json.dumps(file)}" for file in group))
            journal.flush()
    # Datasets come side by side, so each says by its name that it is there.
    whole = amount(sum(known[file.name]["size"] for file in files))
    logger.info("%s: all of %d files (%s) are there and verified", entry.name, len(files), whole)
    texts = {key: getattr(entry, key) for key in ("title", "version", "licence", "access", "citation", "notice")}
    homepage = entry.source.homepage
    return {"name": entry.name, **texts, "homepage": homepage, "files": [known[file.name] for file in files]}


def _all_at_once(
    fetch: Callable[[list[RemoteFile]], list[dict[str, Any]]], files: list[RemoteFile], client: Client
) -> Iterator[list[dict[str, Any]]]:
    """Fetch files in as many threads as the service allows connections; the first failure stops all."""
    with ThreadPoolExecutor(client.source.connections) as pool:
        running = [pool.submit(fetch, group) for group in group_files(files)]
        try:
            for future in as_completed(running):
                yield future.result()
        except BaseException as error:
            client.cancel()
            pool.shutdown(cancel_futures=True)
            if isinstance(error, KeyboardInterrupt):
                logger.warning("stopped; what has arrived is kept, and the next run goes on from there")
            raise


def _is_same(file: RemoteFile, known: dict[str, Any] | None) -> bool:
    """Whether a file that is there is the one that the service lists."""
    if known is None:
        return False
    listed = {"size": file.size, "checksum": file.checksum}
    return all(value is None or known.get(key, value) == value for key, value in listed.items())


def _read_journal(folder: Path) -> Iterator[dict[str, Any]]:
    """Give the files that were whole, the latest word on each last; a line that was cut off is skipped."""
    path = folder / JOURNAL
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            try:
                yield json.loads(line)
            except json.JSONDecodeError:
                continue
