"""How much memory the reading of a public source takes; light to import, for the Snakefile reads it at every parse."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

# Megabytes: of the libraries, and for every megabyte of the matrix (samples × genes, float32) with the copies that are
# made of it on the way. benchmarks/benchmark_public_memory.py measures both.
BASE, PER_MATRIX = 500, 5
GENCODE_V36 = 60_660 * 4e-6
# All samples of the compendia of which only the chosen are loaded: GTEx v10 19,788 × 59,033, Xena 19,131 × 60,498.
WHOLE = {"gtex": 4700, "xena": 4630}
# Their largest tissue, brain, has about a sixth of the samples.
LARGEST_SHARE = 1 / 6
# Of zipped text: the tables of RNAseqDB hold 1.4 to 1.7 times their size.
PER_DOWNLOADED = 1.8


def memory_of(source: Mapping[str, Any], records: Sequence[Path]) -> int:
    """Estimate the memory of reading a cohort, from above.

    Parameters
    ----------
    source
        The complete mapping `source`, with one key.
    records
        Records of its datasets.

    Returns
    -------
    int
        Megabytes.

    Raises
    ------
    FileNotFoundError
        When a dataset is not there yet, for then its size is not known.
    """
    name, settings = next(iter(source.items()))
    files = [file for path in records for file in json.loads(path.read_text(encoding="utf-8"))["files"]]
    if name == "gdc":
        matrix = GENCODE_V36 * sum(file["name"].startswith("files/") for file in files)
    elif name in WHOLE:
        chosen = len(settings.get("tissues") or settings.get("sites") or [])
        matrix = WHOLE[name] * (min(1, chosen * LARGEST_SHARE) if chosen else 1)
    else:
        matrix = PER_DOWNLOADED * sum(file["size"] for file in files) / 1e6
    return round(BASE + PER_MATRIX * matrix)
