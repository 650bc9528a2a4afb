"""Limits that a service asks for, held by all processes that share a cache, on other computers too."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from syncohort.sources.download.ledger import Source

# Seconds between two looks for a free connection.
LOOK = 0.2


class Politeness:
    """At most so many connections to a service at one time, and so many requests a second.

    Parameters
    ----------
    source
        The service with its limits.
    folder
        Where the locks are, in the cache: who shares the cache shares the limits.
    wait
        Sleeps for some seconds; raises when the download is to stop.
    """

    def __init__(self, source: Source, folder: Path, wait: Callable[[float], None]) -> None:
        self.source, self.folder, self.wait = source, folder, wait

    @contextmanager
    def connection(self) -> Iterator[None]:
        """Hold one of the connections, waiting for a free one."""
        self.folder.mkdir(parents=True, exist_ok=True)
        lock = self._free()
        while lock is None:
            self.wait(LOOK)
            lock = self._free()
        try:
            yield
        finally:
            lock.release()

    def _free(self) -> FileLock | None:
        for number in range(self.source.connections):
            lock = FileLock(self.folder / f"connection-{number}.lock")
            try:
                lock.acquire(timeout=0)
            except Timeout:
                continue
            return lock
        return None

    def pace(self) -> None:
        """Wait until the next request may be sent."""
        rate = self.source.requests_per_second
        if rate is None:
            return
        with FileLock(self.folder / "pace.lock"):
            stamp = self.folder / "last-request"
            if stamp.exists():
                # No longer than one interval, should the clocks of two computers differ.
                self.wait(min(max(stamp.stat().st_mtime + 1 / rate - time.time(), 0), 1 / rate))
            stamp.touch()
            # The time of a touch is that of the last tick of the kernel's clock, some milliseconds ago.
            now = time.time()
            os.utime(stamp, (now, now))
