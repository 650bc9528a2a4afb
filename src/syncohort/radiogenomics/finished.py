"""What the finished parts of a long job have given, so that a job that was killed goes on with the next part."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from syncohort.core.io import read_json, write_json


class Finished:
    """Results of the parts of one job, on disk as soon as there are any.

    Parameters
    ----------
    path
        Where they are kept; no declared output, so that Snakemake leaves it alone between attempts.
    fingerprint
        Identity of the job; results with another one are not used.
    """

    def __init__(self, path: Path, fingerprint: str) -> None:
        self.path, self.fingerprint = path, fingerprint
        stored = read_json(path) if path.is_file() else {}
        self.results = stored["results"] if stored.get("fingerprint") == fingerprint else {}

    def get(self, part: str, compute: Callable[[], Any]) -> Any:
        """Give the result of a part, which JSON can hold; computed unless it is known."""
        if part not in self.results:
            self.results[part] = compute()
            write_json({"fingerprint": self.fingerprint, "results": self.results}, self.path)
        return self.results[part]

    def remove(self) -> None:
        """Forget all, once the job's outputs are written."""
        self.path.unlink(missing_ok=True)
