"""What every test may ask for."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.services.server import Server

ROOT = Path(__file__).resolve().parents[1]

# The same examples in every run, so that a change is judged by what it changes.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder with real public data beside the checkout; tests that need it are skipped where it is missing."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"real data not found: {folder} does not exist")
    return folder


@pytest.fixture
def server() -> Iterator[Server]:
    """All public services on this computer, in fair weather until a test plans otherwise."""
    with Server() as running:
        yield running
