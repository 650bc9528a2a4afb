"""Named gene sets in GMT files, and plain lists of genes."""

from pathlib import Path

from syncohort.core.errors import InputError
from syncohort.core.io import write_text
from syncohort.sources.files import open_text, readable


def read_gmt(path: str | Path, key: str = "Gene sets") -> dict[str, list[str]]:
    """Read gene sets in Gene Matrix Transposed format: name, description and genes, tab-separated, a set per line.

    Parameters
    ----------
    path
        The file, plain, .gz or .xz.
    key
        Configuration key that names the file, for messages.

    Returns
    -------
    dict
        Name → genes, in the order of the file, each gene once.

    Raises
    ------
    InputError
        When the file is missing, damaged, empty or not GMT, or names a set twice.
    """
    path = Path(path)
    sets: dict[str, list[str]] = {}
    for number, line in _lines(path, key):
        name, *rest = (field.strip() for field in line.split("\t"))
        genes = list(dict.fromkeys(filter(None, rest[1:])))
        if not (name and genes):
            raise InputError(
                f"{key}: line {number} of {path} is not GMT: name, description and genes, separated by tabs."
            )
        if name in sets:
            raise InputError(f"{key}: {path} names the set {name!r} twice, again in line {number}. Rename one.")
        sets[name] = genes
    return sets


def write_gmt(sets: dict[str, list[str]], path: str | Path, *, description: str = "na") -> None:
    """Write gene sets in GMT format, all with one description."""
    write_text("".join("\t".join([name, description, *genes]) + "\n" for name, genes in sets.items()), path)


def read_gene_list(path: str | Path, key: str = "Gene list") -> list[str]:
    """Read a list of genes, one symbol per line; empty lines and what follows a `#` are skipped.

    Parameters
    ----------
    path
        The file, plain, .gz or .xz.
    key
        Configuration key that names the file, for messages.

    Returns
    -------
    list
        The genes in the order of the file, each once.

    Raises
    ------
    InputError
        When the file is missing, damaged or empty, or a line holds more than one word.
    """
    path = Path(path)
    genes = []
    for number, line in _lines(path, key):
        words = line.split("#")[0].split()
        if len(words) > 1:
            raise InputError(
                f"{key}: line {number} of {path} is {line!r}; expected one gene symbol per line and nothing else."
            )
        genes += words
    return list(dict.fromkeys(genes))


def _lines(path: Path, key: str) -> list[tuple[int, str]]:
    """Number the lines that are not empty."""
    with readable(path, key), open_text(path) as opened:
        lines = [(number, line.rstrip("\n")) for number, line in enumerate(opened, start=1) if line.strip()]
    if not lines:
        raise InputError(f"{key}: {path} is empty.")
    return lines
