"""A training's memory on disk: whole or absent, owned by one process, never mistaken for another's."""

import hashlib
import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

import syncohort
from syncohort.core.io import write_bytes
from syncohort.training.ownership import Ownership

logger = logging.getLogger("syncohort")

# Any of it may change a training's course, and starting afresh costs less than a model of two minds.
CODE = list(Path(syncohort.__file__).parent.rglob("*.py"))


def fingerprint(settings: dict[str, Any], data_sha256: str, code: list[Path]) -> str:
    """Hash what decides a training's result: settings, data, the code's own text and the version of torch.

    Parameters
    ----------
    settings
        All that decides the training beside data and code: settings, seed, covariates, device.
    data_sha256
        Checksum of the training data.
    code
        Source files whose change makes a checkpoint stale.
    """
    digest = hashlib.sha256(json.dumps(settings, sort_keys=True).encode())
    digest.update(data_sha256.encode())
    digest.update(torch.__version__.encode())
    for path in sorted(code):
        digest.update(path.read_bytes())
    return digest.hexdigest()


class Checkpoint:
    """The checkpoint file of one training.

    Parameters
    ----------
    folder
        Folder of the training; it is not a declared output, so Snakemake leaves it alone between attempts.
    fingerprint
        Identity of the training; a checkpoint with another one is not used.
    """

    def __init__(self, folder: Path, fingerprint: str) -> None:
        self.path = folder / "checkpoint.pt"
        self.ownership = Ownership(folder)
        self.fingerprint = fingerprint

    @contextmanager
    def owned(self) -> Iterator[None]:
        """Hold the folder while training, and after a training that went well until `remove`, so that no duplicate of a
        lost job writes into it or has its outputs deleted.

        Raises
        ------
        InputError
            When another process trains in this folder and does not hand over.
        """
        self.ownership.acquire()
        try:
            for half_written in self.path.parent.glob(f".*.{self.path.name}"):
                half_written.unlink()
            yield
        except BaseException:
            self.ownership.release()
            raise

    def save(self, state: dict[str, Any]) -> None:
        """Write the state, whole or not at all."""
        content = io.BytesIO()
        torch.save({"fingerprint": self.fingerprint, **state}, content)
        write_bytes(content.getvalue(), self.path)

    def load(self, device: torch.device) -> dict[str, Any] | None:
        """Read the state, or say why the training starts afresh and give None."""
        if not self.path.exists():
            return None
        try:
            state = torch.load(self.path, map_location=device, weights_only=True)
        except Exception as error:
            logger.warning("The checkpoint %s cannot be read (%s): starting afresh.", self.path, error)
            return None
        if state["fingerprint"] != self.fingerprint:
            logger.warning("The checkpoint %s belongs to other settings, data or code: starting afresh.", self.path)
            return None
        return state

    def remove(self) -> None:
        """Delete the checkpoint once its result is safe, and give the folder up."""
        self.path.unlink(missing_ok=True)
        self.ownership.release()
