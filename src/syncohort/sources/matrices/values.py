"""Values of an expression matrix: whether they fit the declared scale, and library-size normalisation."""

from pathlib import Path

import numpy as np

from syncohort.core.errors import InputError
from syncohort.core.scale import Scale
from syncohort.sources.matrices.matrix import Matrix

# 2^50 is 10^15 reads: no log2 expression is above it, while a matrix of counts, TPM or FPKM hardly stays below 50.
LARGEST_LOG2 = 50.0
# Published matrices are rounded, so a logarithm of zero may lie a little below log2(offset).
ROUNDING = 0.01


def check_values(matrix: Matrix, scale: Scale, path: Path) -> str:
    """Refuse values that cannot be on the declared scale; give a warning of values that hardly are, or nothing.

    Raises
    ------
    InputError
        For infinite values; negative counts, TPM or FPKM; logarithms below that of an expression of zero; and a
        matrix declared log2 with a value above 50.
    """
    values = matrix.values
    if np.isinf(values).any():
        place = np.unravel_index(np.isinf(values).argmax(), values.shape)
        raise InputError(
            f"source.local.matrix: {path} holds an infinite value ({_at(matrix, place)}). "
            "Replace it, or leave the cell empty if it is missing."
        )
    if np.isnan(values).all():
        raise InputError(f"source.local.matrix: {path} holds no value: every cell is missing.")
    lowest = np.unravel_index(np.nanargmin(values), values.shape)
    highest = np.unravel_index(np.nanargmax(values), values.shape)
    if scale.is_log and values[highest] > LARGEST_LOG2:
        raise InputError(
            f"source.local.scale: {path} is declared log2, but its largest value is {_at(matrix, highest)}; "
            "no expression reaches 2^50. Set source.local.scale to counts, tpm or fpkm."
        )
    if scale.is_log and values[lowest] < scale.minimum - ROUNDING:
        raise InputError(
            f"source.local.log2_offset: {path} is declared log2(x + {scale.log2_offset:g}), which is never below "
            f"{scale.minimum:.4g}, but its smallest value is {_at(matrix, lowest)}. Set source.local.log2_offset to "
            "the constant that was added before the logarithm, or to 0 if none was."
        )
    if not scale.is_log and values[lowest] < 0:
        raise InputError(
            f"source.local.scale: {path} is declared {scale.name}, which is never negative, but its smallest value "
            f"is {_at(matrix, lowest)}. If the values are logarithms, set source.local.scale: log2 and "
            "source.local.log2_offset."
        )
    if not scale.is_log and values[highest] <= LARGEST_LOG2 and _any_fraction(values):
        return (
            f"source.local.scale: {path} is declared {scale.name}, but its values look like logarithms: the largest is "
            f"{_at(matrix, highest)}. If they are, set source.local.scale: log2."
        )
    return ""


def require_plausible(matrix: Matrix, scale: Scale, key: str) -> None:
    """Stop when the files of a public source hold values that are not on the scale they are published on.

    Raises
    ------
    InputError
        For infinite values, values below the scale's minimum, and a log2 above 50.
    """
    values = matrix.values
    largest = LARGEST_LOG2 if scale.is_log else np.inf
    wrong = np.isinf(values) | (values < scale.minimum - ROUNDING) | (values > largest)
    if wrong.any():
        place = np.unravel_index(wrong.argmax(), values.shape)
        raise InputError(
            f"{key}: the files hold {_at(matrix, place)}, and no {scale.unit} is like that. They are damaged, or have "
            "changed since Syncohort was written: delete them from the cache and download again."
        )


def normalise_library_size(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Bring every sample to the cohort's median library size.

    Parameters
    ----------
    values
        (samples, genes) counts.

    Returns
    -------
    normalised
        (samples, genes) float32, each sample's counts divided by its library size times the median of the library
        sizes above zero. A sample without any count stays as it is.
    library_size
        (samples,) float64, the sum of each sample's counts.
    """
    library_size = values.sum(axis=1, dtype=np.float64)
    sequenced = library_size > 0
    factor = np.ones_like(library_size)
    if sequenced.any():
        factor[sequenced] = np.median(library_size[sequenced]) / library_size[sequenced]
    return (values * factor[:, None].astype(np.float32)).astype(np.float32), library_size


def _any_fraction(values: np.ndarray) -> bool:
    return bool(np.any(np.mod(values[~np.isnan(values)], 1)))


def _at(matrix: Matrix, place: tuple[int, int]) -> str:
    """Name a value and where it is."""
    sample, gene = place
    return f"{matrix.values[place]:g} in gene {matrix.genes['gene'].iloc[gene]}, sample {matrix.samples.index[sample]}"
