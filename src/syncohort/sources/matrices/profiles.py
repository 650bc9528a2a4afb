"""Further expression profiles that a user gives to make synthetic images of."""

from pathlib import Path

import pandas as pd

from syncohort.core.errors import InputError
from syncohort.sources.matrices.matrix import read_matrix


def read_profiles(path: Path, key: str) -> pd.DataFrame:
    """Read a matrix with genes in rows and a profile in each column, in any format of `read_matrix`.

    Parameters
    ----------
    path
        The file.
    key
        The setting that names it, for errors.

    Returns
    -------
    DataFrame
        (profiles, genes), values as in the file, NaN where one is missing; genes without a name are left out.

    Raises
    ------
    InputError
        When the file cannot be read, or names a gene twice.
    """
    matrix = read_matrix(path, "rows", key)
    genes = matrix.genes["gene"]
    named = genes.notna().to_numpy()
    profiles = pd.DataFrame(matrix.values[:, named], matrix.samples.index.astype(str), genes[named].astype(str))
    repeated = profiles.columns[profiles.columns.duplicated()]
    if len(repeated):
        raise InputError(
            f"{key}: {path} names the gene {repeated[0]!r} more than once ({len(repeated)} repeated names). "
            "Keep one row of each gene."
        )
    return profiles
