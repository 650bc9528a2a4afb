"""KEGG pathways: the genes of an entry in KEGG's flat-file format."""

import logging
import re
from collections.abc import Iterable

from syncohort.core.errors import InputError
from syncohort.sources.download.cache import Dataset

logger = logging.getLogger("syncohort")

# A line begins with its key or, where the key goes on, with as many blanks.
KEY_WIDTH = 12
END = "///"
GENE = re.compile(r"(?P<entrez>\d+)\s+(?:(?P<symbol>[^\s;]+);)?")
RELEASE = re.compile(r"Release \S.*")


def read_pathway(dataset: Dataset, name: str) -> list[str]:
    """Read the gene symbols of a pathway, each once, in KEGG's order.

    Parameters
    ----------
    dataset
        The fetched dataset: `{name}.txt`, the entry, and `release.txt`.
    name
        Id of the pathway, such as hsa05211.

    Raises
    ------
    InputError
        When the entry is cut off, of another pathway, or has no genes.
    """
    path = dataset.folder / f"{name}.txt"
    lines = path.read_text(encoding="utf-8").splitlines()
    again = f"Delete {dataset.folder}, then start again to download it anew."
    if not lines or lines[-1].rstrip() != END:
        raise InputError(f"expression.pathway.kegg: {path} is cut off, for it lacks the end mark {END}. {again}")
    fields = parse_entry(lines)
    found = fields.get("ENTRY", [""])[0].split()
    if not found or found[0].removeprefix("path:") != name:
        raise InputError(f"expression.pathway.kegg: {path} is the entry {' '.join(found)!r}, not {name}. {again}")
    genes = [GENE.match(line) for line in fields.get("GENE", [])]
    symbols = list(dict.fromkeys(gene["symbol"] for gene in genes if gene and gene["symbol"]))
    if not symbols:
        raise InputError(
            f"expression.pathway.kegg: {name} has no genes with symbols. Name another pathway, such as hsa05200."
        )
    logger.info(
        "KEGG pathway %s, %s (%s): %d gene symbols%s",
        name,
        fields.get("NAME", ["without a name"])[0],
        read_release(dataset),
        len(symbols),
        f", {len(genes) - len(symbols)} genes without one or repeated" if len(genes) > len(symbols) else "",
    )
    logger.info(dataset.record["notice"])
    return symbols


def parse_entry(lines: Iterable[str]) -> dict[str, list[str]]:
    """Parse an entry of a flat file.

    Parameters
    ----------
    lines
        Its lines, up to the end mark.

    Returns
    -------
    dict
        Key → its lines, without the key. Keys below others, such as `AUTHORS` of a `REFERENCE`, stand by themselves.
    """
    fields: dict[str, list[str]] = {}
    key = ""
    for line in lines:
        if line.startswith(END):
            break
        key = line[:KEY_WIDTH].strip() or key
        fields.setdefault(key, []).append(line[KEY_WIDTH:].strip())
    return fields


def read_release(dataset: Dataset) -> str:
    """Read KEGG's release from its answer on the database of pathways."""
    told = RELEASE.search((dataset.folder / "release.txt").read_text(encoding="utf-8"))
    return told[0].strip() if told else "release unknown"
