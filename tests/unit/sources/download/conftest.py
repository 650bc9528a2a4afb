"""A client of the small server that is patient in hundredths of a second."""

from collections.abc import Callable
from pathlib import Path

import pytest

from syncohort.sources.download.client import Client
from syncohort.sources.download.ledger import Source
from syncohort.sources.download.patience import Patience

IMPATIENT = Patience(tries=4, backoff=0.01, longest=0.05, longest_asked=2, connect=1, read=0.5, slowest=1e5)


def source(**changed: object) -> Source:
    """A service of files."""
    given = {"name": "files", "title": "Files", "base_url": "http://127.0.0.1:1", "homepage": "https://files.org"}
    return Source(**{**given, **changed})


@pytest.fixture
def make_client(server, tmp_path) -> Callable[..., Client]:
    """Make clients of the server's files."""

    def make(mirror: str | None = None, patience: Patience = IMPATIENT, **changed: object) -> Client:
        locks: Path = tmp_path / "locks"
        return Client(source(**changed), locks, mirror=mirror or server.mirror("files"), patience=patience)

    return make


@pytest.fixture
def client(make_client) -> Client:
    """A client of the server's files."""
    return make_client()
