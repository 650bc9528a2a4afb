"""The text of `docs/data.md`, written from the ledger: `python -m syncohort.sources.download.ledger_reference`."""

import sys
from collections.abc import Iterator
from typing import Any

from syncohort.sources.download.ledger import read_ledger

INTRODUCTION = """\
# Public data

Every dataset that Syncohort knows: where it is, on which terms, and how to cite it. Citations and versions of what a
cohort uses are in its report's Methods text. This page is made from `resources/datasets.yaml` by `make data-reference`;
a test holds them equal.

`snakemake download` fetches what the chosen cohorts need, and nothing else; a dataset by itself is fetched by the name
of its record, as in `snakemake cache/tcia/NSCLC-Radiogenomics/dataset.json`. Downloads go on where they broke off, are
verified, and come into the folder `cache`, which any number of people may share. Each file's SHA-256 is in the record.
What is in the cache stays as it is; delete a dataset's folder to fetch it as it is today.
"""
DATE = "at the server's date, which the record keeps"


def render() -> str:
    """Render a section per source: terms, then its datasets."""
    return "\n".join(
        [INTRODUCTION, *(section for name, part in read_ledger().items() for section in _source(name, part))]
    )


def _source(name: str, part: dict[str, Any]) -> Iterator[str]:
    facts = {
        "Address": f"`{part['base_url']}` (`mirrors.{name}` replaces it), see <{part['homepage']}>"
        if "base_url" in part
        else f"<{part['homepage']}>",
        "Access": part["access"],
        "Licence": part["licence"],
        "Verified by": part["verification"],
        "Limits": _limits(part.get("limits", {})),
        "How to get it": part.get("instructions", ""),
        "Cite": part.get("citation", ""),
    }
    yield f"## {part['title']} (`{name}`)\n"
    yield "".join(f"- **{fact}:** {' '.join(text.split())}\n" for fact, text in facts.items() if text)
    yield "| dataset | what | version | size |\n|---|---|---|---|\n" + "".join(
        _row({**part, **entry}) for entry in part["datasets"]
    )
    for entry in part["datasets"]:
        own = {"Licence": entry.get("licence"), "Cite": entry.get("citation")}
        given = [f"**{fact}:** {' '.join(text.split())}" for fact, text in own.items() if text]
        if given:
            yield f"`{entry['name']}`: {' '.join(given)}\n"


def _limits(limits: dict[str, Any]) -> str:
    """Say what is asked of the service at most."""
    words = {"connections": "{} at one time", "requests_per_second": "{} a second"}
    nouns = {"connections": "connection", "requests_per_second": "request"}
    return ", ".join(
        words[key].format(f"{number} {nouns[key]}{'s' if number > 1 else ''}") for key, number in limits.items()
    )


def _row(entry: dict[str, Any]) -> str:
    covers = f"; also {entry['covers']}" if "covers" in entry else ""
    title, version = (entry[key].replace("{dataset}", entry["name"]) for key in ("title", "version"))
    return f"| `{entry['name']}`{covers} | {title} | {version.replace('{modified}', DATE)} | {entry['size']} |\n"


if __name__ == "__main__":
    sys.stdout.write(render())
