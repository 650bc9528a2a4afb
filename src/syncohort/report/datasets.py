"""The public datasets of a cohort, as its provenance names them: what readers are told of them."""

import re
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

# More datasets than these are named, and not described one by one.
DESCRIBED = 3


def describe(datasets: Sequence[Mapping[str, Any]]) -> list[str]:
    """Describe datasets, those of one version and citation together: what, which version, cited as what."""
    described = []
    for (version, citation), group in groupby(datasets, key=lambda one: (one["version"], one["citation"])):
        alike = list(group)
        what = " and ".join(one["title"] for one in alike)
        if len(alike) > DESCRIBED:
            source = alike[0]["name"].partition("/")[0]
            names = ", ".join(one["name"].partition("/")[2] for one in alike)
            what = f"{len(alike)} datasets of {source} ({names})"
        described.append(f"{what}; version: {version.rstrip('.')} ({author_and_year(citation)})")
    return described


def author_and_year(citation: str) -> str:
    """Shorten a reference to its first author and year, as in `Grossman et al., 2016`."""
    authors = citation.partition(".")[0]
    first, *others = authors.split(",")
    name = re.sub(r" [A-Z]{1,3}$", "", first.strip())
    year = re.search(r"\b(?:19|20)\d{2}\b(?=\.)", citation)
    return f"{name}{' et al.' if others else ''}{f', {year[0]}' if year else ''}"


def licences(datasets: Sequence[Mapping[str, Any]]) -> str:
    """Give the terms of the datasets, each once."""
    return " ".join(dict.fromkeys(dataset["licence"] for dataset in datasets))
