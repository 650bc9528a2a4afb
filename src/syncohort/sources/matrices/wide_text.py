"""Chosen samples of text matrices that are too large to be read whole."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import csv

from syncohort.core.errors import InputError
from syncohort.sources.files import open_text, readable

# Bytes of text that are parsed at a time; a line of 20,000 samples has about 200,000.
BLOCK = 1 << 22
MISSING = ["", "NA", "NaN", "nan"]


def read_heading(path: Path, key: str, skip: int = 0) -> list[str]:
    """Read the names of the columns of a tab-separated file, gzipped or not, after `skip` lines.

    Raises
    ------
    InputError
        When the file is missing, damaged or empty.
    """
    with readable(path, key), open_text(path) as opened:
        lines = [opened.readline() for _ in range(skip + 1)]
    heading = lines[-1].rstrip("\n").split("\t")
    if len(heading) < 2:
        raise InputError(f"{key}: {path} is not a table: {lines[-1][:80]!r} was found where its heading was expected.")
    return heading


def read_samples(
    path: Path, samples: Sequence[str], *, names: Sequence[str], key: str, skip: int = 0
) -> tuple[np.ndarray, pd.DataFrame]:
    """Read the columns of some samples from a matrix with genes in rows.

    Only these are converted to numbers and kept, so the memory needed is about twice that of the result plus a few
    blocks of text, whatever the size of the file.

    Parameters
    ----------
    path
        Tab-separated UTF-8 text, gzipped or not.
    samples
        Columns to read, as the heading names them.
    names
        Columns that name the genes, read as text.
    key
        Configuration key to name in messages.
    skip
        Lines before the heading.

    Returns
    -------
    values
        (samples, genes) float32, NaN for empty cells and `NA`.
    names
        (genes, names) text.

    Raises
    ------
    InputError
        When the file is missing, cut off or damaged, or a value is not a number.
    """
    kinds = {**dict.fromkeys(names, pa.string()), **dict.fromkeys(samples, pa.float32())}
    with readable(path, key), pa.input_stream(str(path)) as opened:
        batches = csv.open_csv(
            opened,
            read_options=csv.ReadOptions(skip_rows=skip, block_size=BLOCK, use_threads=False),
            parse_options=csv.ParseOptions(delimiter="\t", quote_char=False),
            convert_options=csv.ConvertOptions(include_columns=list(kinds), column_types=kinds, null_values=MISSING),
        )
        blocks, labels = [], []
        for batch in batches:
            columns = [batch.column(sample).to_numpy(zero_copy_only=False) for sample in samples]
            blocks.append(np.stack(columns) if columns else np.empty((0, batch.num_rows), dtype=np.float32))
            labels.append(batch.select(list(names)).to_pandas())
    return np.concatenate(blocks, axis=1), pd.concat(labels, ignore_index=True)
