"""One file from a server: resumed where it broke off, verified, and there under its name only when it is whole."""

import logging
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from syncohort.core.errors import InputError
from syncohort.core.io import OUT_OF_SPACE
from syncohort.sources.download.archives import safe_name
from syncohort.sources.download.client import Client
from syncohort.sources.download.failures import Trouble, failure, mirror_hint
from syncohort.sources.download.partial import PartialFile
from syncohort.sources.download.progress import Progress, amount
from syncohort.sources.download.reader import Reader
from syncohort.sources.download.remote_file import RemoteFile
from syncohort.sources.download.verification import find_damage, marks_of

logger = logging.getLogger("syncohort")


def fetch_file(file: RemoteFile, folder: Path, client: Client, progress: Progress) -> dict[str, Any]:
    """Fetch a file into a folder.

    Parameters
    ----------
    file
        What to fetch.
    folder
        Folder of the dataset. A part that is there already is completed if the server's file is still the same.
    client
        Client of the service.
    progress
        Is told what arrives.

    Returns
    -------
    dict
        `name`, `url`, `size`, `sha256`, and where known `checksum`, by which it was verified, and `modified`, the
        server's date of the last change.

    Raises
    ------
    InputError
        When it cannot be had whole.
    Cancelled
        When the download is to stop; what has arrived is kept.
    """
    target = folder / safe_name(file.name, client.source.title)
    with disk_errors(target):
        transfer = Transfer(file, target, client, progress)
        client.persist(file.url, transfer.attempt, position=lambda: transfer.part.size)
        fetched = finish(file, transfer.part)
    progress.finish()
    return fetched


class Transfer:
    """The attempts to fetch one file."""

    def __init__(self, file: RemoteFile, target: Path, client: Client, progress: Progress) -> None:
        self.file, self.client, self.progress = file, client, progress
        self.part = PartialFile(target, file.url, file.checksum)
        self.damaged = False
        if self.part.size:
            logger.info("%s: going on from %s", file.name, amount(self.part.size))

    def attempt(self) -> None:
        """Ask for what is missing, once."""
        part, headers = self.part, {}
        if part.size and (part.validator or self.file.checksum):
            headers["Range"] = f"bytes={part.size}-"
            if part.validator:
                headers["If-Range"] = part.validator
        with self.client.open(self.file.url, headers=headers, accept=(200, 206, 416)) as response:
            if response.status_code == 416:
                self._require_end(response)
            else:
                self._prepare(response)
                reader = Reader(response.raw, self.client)
                part.append(lambda: self._note(reader.read()))
        self._verify()

    def _note(self, block: bytes) -> bytes:
        self.progress.update(self.file.name, self.part.size + len(block), self.part.marks["size"])
        return block

    def _prepare(self, response: requests.Response) -> None:
        """Go on with the part if the answer continues it, else start over."""
        part, marks = self.part, marks_of(response)
        encoding = response.headers.get("Content-Encoding", "identity")
        if response.headers.get("Content-Type", "").startswith("text/html") and not self.file.name.endswith("html"):
            raise self.client.other_kind(response, f"the file {self.file.name}")
        if encoding != "identity" and not self.file.name.endswith("gz"):
            raise self._failure(f"answered with Content-Encoding {encoding}, which was not asked for", "is broken")
        if response.status_code == 206:
            same = all(part.marks[key] == marks[key] for key in ("etag", "size") if part.marks[key] and marks[key])
            if not (same and response.headers.get("Content-Range", "").startswith(f"bytes {part.size}-")):
                self._start_over("the server's file has changed")
        else:
            if part.size and part.validator and part.validator not in (marks["etag"], marks["modified"]):
                logger.info("%s: the server's file has changed since; starting over", self.file.name)
            if None not in (self.file.size, marks["size"]) and self.file.size != marks["size"]:
                what = f"has {marks['size']:,} bytes under this name where {self.file.size:,} were expected"
                raise self._failure(what, "has changed it")
            part.begin(marks)
        missing = (part.marks["size"] or 0) - part.size
        if missing > shutil.disk_usage(part.path.parent).free:
            raise full_disk(part.target, f" ({amount(missing)} are still to come)")

    def _require_end(self, response: requests.Response) -> None:
        """Take an empty answer for what it is: nothing is missing."""
        if response.headers.get("Content-Range") != f"bytes */{self.part.size}":
            self._start_over("the part does not fit the server's file")

    def _start_over(self, why: str) -> None:
        self.part.discard()
        raise Trouble(f"{self.file.name}: {why}, starting over", lambda tries: self._failure(why, "is broken"))

    def _verify(self) -> None:
        """Compare the whole file with what is known of it; a damaged one is fetched once more."""
        part = self.part
        wrong = find_damage(self.file, part)
        if wrong is None:
            return
        part.discard()
        final = self._failure(f"sent it damaged, twice: {wrong}", "or the way to it is broken")
        if self.damaged:
            raise final
        self.damaged = True
        raise Trouble(f"{self.file.name} arrived damaged ({wrong})", lambda tries: final)

    def _failure(self, what: str, state: str) -> InputError:
        source = self.client.source
        remedy = f"The service {state}: try again later, see {source.homepage}, or {mirror_hint(source)}."
        return failure(source, self.file.url, what, remedy)


def finish(file: RemoteFile, part: PartialFile) -> dict[str, Any]:
    """Give a whole file its name, and describe it as `fetch_file` does."""
    known = {"checksum": part.expected, "modified": part.marks["modified"]}
    described = {"name": file.name, "url": file.url, "size": part.size, "sha256": part.checksum("sha256")}
    part.finish()
    return described | {key: value for key, value in known.items() if value}


@contextmanager
def disk_errors(target: Path) -> Iterator[None]:
    """Tell of a full disk in one sentence."""
    try:
        yield
    except OSError as error:
        if error.errno in OUT_OF_SPACE:
            raise full_disk(target, "") from error
        raise


def full_disk(target: Path, detail: str) -> InputError:
    """Say that there is no more room for a file."""
    return InputError(
        f"The disk is full: {target} could not be written{detail}. Free some space, or set cache in config/config.yaml "
        "to a folder with more of it; then start again, and the download goes on."
    )
