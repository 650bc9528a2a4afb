"""Several small files in one archive, unpacked while it arrives: each is verified and put in place by itself."""

import logging
import tarfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

from syncohort.core.errors import InputError
from syncohort.sources.download.archives import safe_name
from syncohort.sources.download.client import Client
from syncohort.sources.download.failures import Trouble, failure
from syncohort.sources.download.partial import PartialFile
from syncohort.sources.download.progress import Progress
from syncohort.sources.download.reader import BLOCK, Reader
from syncohort.sources.download.remote_file import RemoteFile
from syncohort.sources.download.transfer import disk_errors, fetch_file, finish
from syncohort.sources.download.verification import find_damage

logger = logging.getLogger("syncohort")

# Larger ones take the service so long to begin that proxies give up.
LARGEST = 40
# There is another way when they fail.
TRIES = 3
# Bytes of what is not asked for, such as a manifest.
LARGEST_OTHER = 10_000_000
NO_MARKS = {"etag": None, "modified": None, "size": None, "checksum": None}


def group_files(files: Sequence[RemoteFile]) -> list[list[RemoteFile]]:
    """Put files that can be had together into groups, and each of the others into one of its own."""
    groups = [[file] for file in files if file.bundle is None]
    for address in dict.fromkeys(file.bundle for file in files if file.bundle is not None):
        together = [file for file in files if file.bundle == address]
        groups += [together[start : start + LARGEST] for start in range(0, len(together), LARGEST)]
    return groups


def fetch_group(files: Sequence[RemoteFile], folder: Path, client: Client, progress: Progress) -> list[dict[str, Any]]:
    """Fetch the files of a group: in one archive, or one by one where that fails or there is only one.

    Parameters
    ----------
    files
        The group.
    folder, client, progress
        As `fetch_file` takes them.

    Returns
    -------
    list
        What is known of each file, as `fetch_file` gives it.

    Raises
    ------
    InputError
        When a file cannot be had.
    """
    fetched: dict[str, dict[str, Any]] = {}
    if len(files) > 1:
        try:
            Bundle(files, folder, client, progress, fetched).fetch()
        except InputError as error:
            logger.info("%s Going on file by file.", error)
    rest = [file for file in files if file.name not in fetched]
    return [*fetched.values(), *(fetch_file(file, folder, client, progress) for file in rest)]


class Bundle:
    """The attempts to fetch several files in one archive.

    Parameters
    ----------
    files, folder, client, progress
        As `fetch_group` takes them.
    fetched
        Takes up what is known of each file once it is whole, by name.
    """

    def __init__(
        self,
        files: Sequence[RemoteFile],
        folder: Path,
        client: Client,
        progress: Progress,
        fetched: dict[str, dict[str, Any]],
    ) -> None:
        self.folder, self.client, self.progress, self.fetched = folder, client, progress, fetched
        self.missing = {f"{file.identity}/{file.name.rpartition('/')[2]}": file for file in files}
        self.arrived = 0

    def fetch(self) -> None:
        """Fetch what is missing; what was whole when an archive broke off is not asked for again."""
        self.client.persist(self._address(), self._attempt, position=lambda: self.arrived, tries=TRIES)

    def _address(self) -> str:
        files = list(self.missing.values())
        return (files[0].bundle or "").format(",".join(file.identity for file in files))

    def _attempt(self) -> None:
        if len(self.missing) == 1:
            # The service would answer with the file itself; it is fetched as such.
            return
        address = self._address()
        with self.client.open(address) as response:
            try:
                # `|`: read in one go, as it comes.
                with tarfile.open(fileobj=Reader(response.raw, self.client), mode="r|*", bufsize=BLOCK) as archive:
                    for member in archive:
                        self._take(archive, member)
                        if not self.missing:
                            return
            except (tarfile.TarError, EOFError) as error:
                raise self._trouble(f"sent a damaged archive ({error})") from error
        if self.missing:
            raise self._trouble(f"sent an archive that lacks {len(self.missing)} files")

    def _take(self, archive: tarfile.TarFile, member: tarfile.TarInfo) -> None:
        """Put a member in place if it is asked for; nothing but its content is taken from the archive."""
        file = self.missing.get(member.name)
        if member.size > (LARGEST_OTHER if file is None else file.size or member.size):
            raise self._trouble(f"sent {member.size:,} bytes as {member.name}")
        content = archive.extractfile(member)
        if file is None or content is None:
            return
        target = self.folder / safe_name(file.name, self.client.source.title)
        with disk_errors(target):
            part = PartialFile(target, file.url, file.checksum)
            part.begin(NO_MARKS)
            part.append(lambda: self._read(content))
            damage = find_damage(file, part)
            if damage:
                part.discard()
                raise self._trouble(f"sent {file.name} damaged ({damage})")
            self.fetched[file.name] = finish(file, part)
        self.progress.update(file.name, part.size, part.size)
        self.progress.finish()
        del self.missing[member.name]

    def _read(self, content: IO[bytes]) -> bytes:
        block = content.read(BLOCK)
        self.arrived += len(block)
        return block

    def _trouble(self, what: str) -> Trouble:
        source, address = self.client.source, self._address()
        return Trouble(what, lambda _: failure(source, address, what, "The service is broken."))
