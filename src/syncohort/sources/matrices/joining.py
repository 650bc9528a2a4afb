"""Several matrices of different samples, put side by side."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from syncohort.core.errors import InputError
from syncohort.sources.curation import Curation
from syncohort.sources.genes.annotation import strongest
from syncohort.sources.matrices.matrix import Matrix


def join_matrices(matrices: Sequence[Matrix], curation: Curation, key: str) -> Matrix:
    """Put matrices side by side on the genes that all of them have; a single one is given back as it is.

    Raises
    ------
    InputError
        When they share no genes, or a sample is in more than one of them.
    """
    if len(matrices) == 1:
        return matrices[0]
    columns = [name for name in matrices[0].genes if all(name in matrix.genes for matrix in matrices)]
    aligned = []
    for matrix in matrices:
        keys = matrix.genes[columns].fillna("").agg("|".join, axis=1)
        single = strongest(matrix.values, keys)
        curation.note_any(
            "rows with the same gene names", (~single).sum(), len(single), "before joining, the highest mean is kept"
        )
        matrix = matrix.subset(genes=single)
        matrix.genes.index = pd.Index(keys[single])
        aligned.append(matrix)
    shared = aligned[0].genes.index
    for matrix in aligned[1:]:
        shared = shared[shared.isin(matrix.genes.index)]
    everything = set().union(*(matrix.genes.index for matrix in aligned))
    if shared.empty:
        raise InputError(f"{key}: the files share no genes. Give files that name genes in the same way.")
    samples = pd.concat([matrix.samples for matrix in aligned])
    repeated = samples.index[samples.index.duplicated()]
    if len(repeated):
        raise InputError(
            f"{key}: the sample {repeated[0]!r} is in more than one file ({len(repeated)} such samples). "
            "Every sample needs a name of its own."
        )
    curation.note_any("genes not in every file", len(everything) - len(shared), len(everything), "left out by the join")
    values = np.concatenate([matrix.values[:, matrix.genes.index.get_indexer(shared)] for matrix in aligned])
    return Matrix(values, samples, aligned[0].genes.loc[shared].reset_index(drop=True))
