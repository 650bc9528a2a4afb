"""The ledger of public datasets, `resources/datasets.yaml`: address, version, licence, access and citation of each."""

import functools
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from syncohort.core.errors import InputError, suggest

TEXTS = ("title", "version", "licence", "access", "citation", "verification", "size", "notice")
LEDGER = Path(__file__).resolve().parents[4] / "resources" / "datasets.yaml"


@dataclass(frozen=True)
class Source:
    """A service that datasets come from.

    Parameters
    ----------
    name
        Name in the settings, such as `kegg`.
    title
        The service as readers know it.
    base_url
        Official address; `mirrors.<name>` replaces it. None where nothing can be downloaded.
    homepage
        Page for people.
    connections
        Most connections at one time, over all processes that share a cache.
    requests_per_second
        Most requests per second, likewise; None where the service states no limit.
    etiquette
        What the service asks of its users, as a sentence.
    """

    name: str
    title: str
    base_url: str | None
    homepage: str
    connections: int = 4
    requests_per_second: float | None = None
    etiquette: str = ""


@dataclass(frozen=True)
class LedgerFile:
    """A file that every copy of a dataset has.

    Parameters
    ----------
    path
        Path and query on the server.
    name
        Name below the dataset's folder.
    size, checksum
        Bytes, and `md5:…` or `sha256:…`, where known for certain.
    """

    path: str
    name: str
    size: int | None = None
    checksum: str | None = None


@dataclass(frozen=True)
class LedgerEntry:
    """What the ledger knows of one dataset.

    Parameters
    ----------
    source
        Where it comes from.
    dataset
        Its name there, such as `hsa05211`.
    title, version, licence, access, citation
        Sentences for people; `version` says how the version is known.
    verification
        How size and content of its files are verified.
    size
        About how much is downloaded, for people.
    notice
        What users must know before they use it; empty where nothing is asked of them.
    files
        Files that are always the same; empty where the service is asked for the list.
    """

    source: Source
    dataset: str
    title: str
    version: str
    licence: str
    access: str
    citation: str
    verification: str
    size: str
    notice: str
    files: tuple[LedgerFile, ...]

    @property
    def name(self) -> str:
        """Name with that of the source, as in `kegg/hsa05211`."""
        return f"{self.source.name}/{self.dataset}"


@functools.cache
def read_ledger() -> dict[str, Any]:
    """Read the ledger as it is written: source → what holds for it, and its datasets."""
    return yaml.safe_load(LEDGER.read_text(encoding="utf-8"))


def find_entry(source: str, dataset: str) -> LedgerEntry:
    """Find a dataset.

    Parameters
    ----------
    source
        Name of the source.
    dataset
        Name of the dataset there; where a service has very many, the ledger has a pattern of their names.

    Raises
    ------
    InputError
        When there is no such source or dataset, or when it cannot be downloaded.
    """
    ledger = read_ledger()
    if source not in ledger:
        raise InputError(f"There is no source {source!r}{suggest(source, ledger)} Known: {', '.join(ledger)}.")
    part = ledger[source]
    if "base_url" not in part:
        raise InputError(f"{part['title']} cannot be downloaded by Syncohort. {part['instructions']}")
    for entry in part["datasets"]:
        if re.fullmatch(entry.get("pattern", re.escape(entry["name"])), dataset):
            return _fill(read_source(source), {**part, **entry}, dataset)
    known = [entry["name"] for entry in part["datasets"]]
    raise InputError(f"{part['title']} has no dataset {dataset!r}{suggest(dataset, known)} Known: {', '.join(known)}.")


def read_source(name: str) -> Source:
    """Read what holds for a source as a whole."""
    part = read_ledger()[name]
    texts = {key: part.get(key, "") for key in ("title", "homepage", "etiquette")}
    return Source(name, base_url=part.get("base_url"), **texts, **part.get("limits", {}))


def _fill(source: Source, values: dict[str, Any], dataset: str) -> LedgerEntry:
    """Make an entry, the dataset's name put into its texts."""
    texts = {key: _named(values.get(key, ""), dataset) for key in TEXTS}
    files = tuple(_file(file, dataset) for file in values.get("files", []))
    return LedgerEntry(source, dataset, **texts, files=files)


def _file(values: dict[str, Any], dataset: str) -> LedgerFile:
    """Make a file's entry; without a name it has that of its path."""
    path = _named(values["path"], dataset)
    name = _named(values.get("name", path.rpartition("/")[2]), dataset)
    return LedgerFile(path, name, values.get("size"), values.get("checksum"))


def _named(text: str, dataset: str) -> str:
    return text.replace("{dataset}", dataset).replace("{prefix}", dataset.partition("-")[0])
