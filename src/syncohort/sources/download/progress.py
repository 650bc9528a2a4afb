"""A line on what has arrived, at sane intervals."""

import logging
import threading
import time

logger = logging.getLogger("syncohort")


class Progress:
    """Files of a dataset that arrive at one time.

    Parameters
    ----------
    name
        Name of the dataset.
    files
        Number of files to fetch.
    seconds
        Least time between two lines.
    """

    def __init__(self, name: str, files: int, seconds: float = 10.0) -> None:
        self.name, self.files, self.seconds = name, files, seconds
        self.began = self.spoke = time.monotonic()
        self._done = 0
        self._at_first: dict[str, int] = {}
        self._have: dict[str, int] = {}
        self._whole: dict[str, int] = {}
        self._lock = threading.Lock()

    def update(self, file: str, have: int, whole: int | None) -> None:
        """Note how many bytes of a file are there, and say so unless that was said moments ago."""
        with self._lock:
            self._at_first.setdefault(file, have)
            self._have[file], self._whole[file] = have, whole or have
            if time.monotonic() - self.spoke >= self.seconds:
                self.spoke = time.monotonic()
                logger.info("%s: %s", self.name, self._line(self.spoke - self.began))

    def finish(self) -> None:
        """Count a whole file."""
        with self._lock:
            self._done += 1

    def _line(self, seconds: float) -> str:
        have, whole = sum(self._have.values()), sum(self._whole.values())
        rate = max(have - sum(self._at_first.values()), 0) / seconds
        files = f" in {self._done} of {self.files} files" if self.files > 1 else ""
        line = f"{amount(have)}{files}, {amount(rate)}/s"
        if whole == have or not rate:
            return line
        minutes, seconds = divmod(round((whole - have) / rate), 60)
        # The sizes of files that have not begun are not known yet.
        return f"{line}, {'at least ' if self.files > len(self._whole) else ''}{minutes}:{seconds:02d} left"


def amount(size: float) -> str:
    """Write bytes in the unit that suits them."""
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}"
        size /= 1000
    return f"{size:.2f} GB"
