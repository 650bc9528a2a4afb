"""Who may train in a folder: one process at a time, which hands over when another asks for it."""

import fcntl
import logging
import os
import socket
import time
from pathlib import Path
from typing import TextIO

from syncohort.core.errors import InputError
from syncohort.core.io import write_text

logger = logging.getLogger("syncohort")


class Ownership:
    """The right of one process to train in a folder.

    A job whose `snakemake` was killed trains on, and the next `snakemake` starts a second one. The second asks the
    first, through a file that all nodes see, to save its checkpoint and end, and goes on from there. The right itself
    is a lock of the file system, which is freed when its holder dies, however it dies.

    Parameters
    ----------
    folder
        Folder of the training.
    patience_seconds
        How long to wait for another process to hand over. A step and a look at the monitor must fit into it, and the
        time after which a file server notices that a node is dead.
    settle_seconds
        How long to let the runner of the other process tidy up after it; it deletes outputs of a job that ended early.
    look_seconds
        Least time between two looks for a request.
    """

    def __init__(
        self, folder: Path, patience_seconds: float = 300.0, settle_seconds: float = 5.0, look_seconds: float = 1.0
    ) -> None:
        self.folder = folder
        self.lock = folder / "lock"
        self.request = folder / "hand-over"
        self.patience_seconds, self.settle_seconds, self.look_seconds = patience_seconds, settle_seconds, look_seconds
        self.held: TextIO | None = None
        self.looked = -float("inf")

    def acquire(self) -> None:
        """Take the folder for this process, after another one has handed it over if need be.

        Raises
        ------
        InputError
            When the other process does not hand over in time.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        self.held = open(self.lock, "a+")  # noqa: SIM115 - it is held until the process ends or releases it
        try:
            if not self._locked():
                self._ask_for_it()
            self.request.unlink(missing_ok=True)
            self.held.truncate(0)
            self.held.write(this_process())
            self.held.flush()
        except BaseException:
            self.release()
            raise

    def release(self) -> None:
        """Give the folder up."""
        if self.held:
            self.held.close()
            self.held = None

    def asked(self) -> bool:
        """Whether another process has asked for the folder."""
        now = time.monotonic()
        if now - self.looked < self.look_seconds:
            return False
        self.looked = now
        return self.request.exists()

    def _locked(self) -> bool:
        try:
            fcntl.flock(self.held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError as error:
            logger.warning("The file system of %s has no locks (%s): see to it that no training runs twice.",
                           self.folder, error.strerror)  # fmt: skip
        return True

    def _ask_for_it(self) -> None:
        self.held.seek(0)
        other = self.held.read() or "another process"
        logger.info("%s trains in %s: asked it to save its checkpoint and end, and waiting.", other, self.folder)
        write_text(this_process(), self.request)
        end = time.monotonic() + self.patience_seconds
        while not self._locked():
            if time.monotonic() > end:
                self.request.unlink(missing_ok=True)
                raise InputError(
                    f"Another process is training in {self.folder} and did not hand over in "
                    f"{self.patience_seconds:.0f} s: {other}. Wait for it or cancel it, then start again."
                )
            time.sleep(min(0.5, self.patience_seconds / 10))
        logger.info("It ended: taking over.")
        time.sleep(self.settle_seconds)


def this_process() -> str:
    """Name of this process for people: host, number and, under Slurm, the job to cancel."""
    job = os.environ.get("SLURM_JOB_ID")
    return f"{f'Slurm job {job}, ' if job else ''}process {os.getpid()} on {socket.gethostname()}"
