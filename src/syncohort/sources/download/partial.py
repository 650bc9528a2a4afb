"""A file that has arrived in part: its bytes, their checksums, and by what the server's file is known again."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from syncohort.core.io import read_json, write_json

CHUNK = 1 << 20


class PartialFile:
    """`<name>.partial`, and beside it `<name>.partial.json` with the marks of the server's file.

    Parameters
    ----------
    target
        The file that it becomes.
    url
        Where the file comes from; a part from elsewhere is not used.
    expected
        Checksum that the file must have, such as `md5:…`; None: that which the marks tell, if they do.

    Attributes
    ----------
    size
        Bytes that have arrived.
    marks
        `etag`, `modified`, `size` and `checksum` of the server's file; None where it does not tell.
    """

    def __init__(self, target: Path, url: str, expected: str | None) -> None:
        self.target, self.url, self._expected = target, url, expected
        self.path = target.with_name(f"{target.name}.partial")
        self.notes = target.with_name(f"{target.name}.partial.json")
        target.parent.mkdir(parents=True, exist_ok=True)
        self.size, self.marks = 0, {}
        self._digests: dict[str, Any] = {}
        if self.path.exists() and self.notes.exists():
            kept = read_json(self.notes)
            if kept.pop("url") == url:
                self._take_up(kept)

    @property
    def expected(self) -> str | None:
        """Checksum that the file must have, as far as is known."""
        return self._expected or self.marks.get("checksum")

    def _take_up(self, marks: dict[str, Any]) -> None:
        """Compute the checksums of what is there already."""
        self._mark(marks)
        with open(self.path, "rb") as opened:
            while block := opened.read(CHUNK):
                self._count(block)

    def _mark(self, marks: dict[str, Any]) -> None:
        self.marks = marks
        wanted = {"sha256", *filter(None, [(self.expected or "").partition(":")[0]])}
        self._digests = {algorithm: hashlib.new(algorithm) for algorithm in wanted}

    def _count(self, block: bytes) -> None:
        self.size += len(block)
        for digest in self._digests.values():
            digest.update(block)

    @property
    def validator(self) -> str | None:
        """What the server knows this version of the file by: a strong ETag, else the time of its last change."""
        etag = self.marks.get("etag")
        return etag if etag and not etag.startswith("W/") else self.marks.get("modified")

    def begin(self, marks: dict[str, Any]) -> None:
        """Start over, with an empty file of these marks."""
        self.discard()
        self._mark(marks)
        write_json({"url": self.url, **marks}, self.notes)

    def append(self, read: Callable[[], bytes]) -> None:
        """Add what `read` gives, block by block until an empty one; what has come stays when it raises."""
        with open(self.path, "ab") as opened:
            while block := read():
                opened.write(block)
                # A block that was counted is there for the next run, even if this one is killed.
                opened.flush()
                self._count(block)

    def checksum(self, algorithm: str) -> str:
        """Checksum of what has arrived, in hexadecimal: SHA-256, or by the algorithm of the expected one."""
        return self._digests[algorithm].hexdigest()

    def finish(self) -> None:
        """Give the file its name; it is whole."""
        self.path.replace(self.target)
        self.notes.unlink(missing_ok=True)

    def discard(self) -> None:
        """Delete what has arrived."""
        self.path.unlink(missing_ok=True)
        self.notes.unlink(missing_ok=True)
        self.size, self.marks = 0, {}
