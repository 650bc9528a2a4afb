"""Numbers and names as the report words them."""

from collections.abc import Sequence

import numpy as np

NAMES_SHOWN = 8
SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
SELECTIONS = {
    "deg": "differentially expressed genes",
    "pathway": "genes of a pathway",
    "list": "genes of a list",
    "all": "the most variable genes",
}


def voxels_of(shape: str, spacing: str) -> str:
    """Word the geometry of a volume, as in a manifest: the lengths of a voxel with three digits."""
    lengths = "×".join(f"{float(length):.3g}" for length in spacing.split("×"))
    return f"{shape} voxels of {lengths} mm"


def names(items: Sequence[str], shown: int = NAMES_SHOWN) -> str:
    """Name the first few items and count the rest."""
    first = ", ".join(map(str, list(items)[:shown]))
    return first + (f" and {len(items) - shown:,} more" if len(items) > shown else "")


def words(name: str) -> str:
    """Write the name of a column as words."""
    return name.replace("_", " ")


def count(number: int, noun: str) -> str:
    """Give a number with its noun, plural where it is not one."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def decimal(number: float | None, digits: int = 3) -> str:
    """Give a number with fixed digits, or a dash where there is none."""
    if number is None or not np.isfinite(number):
        return "–"
    text = f"{number:,.{digits}f}"
    return (text if float(text.replace(",", "")) else text.lstrip("-")).replace("-", "−")


def rounded(number: float, digits: int = 3) -> str:
    """Give a number to so many significant digits, without powers of ten; whole numbers keep all of theirs."""
    if not number or not np.isfinite(number):
        return decimal(number, 0)
    return decimal(number, max(0, digits - 1 - int(np.floor(np.log10(abs(number))))))


def signed(number: float, digits: int = 2) -> str:
    """Give a difference with its sign."""
    return f"{number:+.{digits}f}".replace("-", "−")


def scientific(number: float, digits: int = 3) -> str:
    """Give a number as `decimal` does, but with its power of ten where the digits would all be lost."""
    if not number or not np.isfinite(number) or abs(number) >= 10**-digits:
        return decimal(number, digits)
    mantissa, exponent = f"{number:.1e}".split("e")
    return f"{mantissa} × 10⁻{exponent.lstrip('-0').translate(SUPERSCRIPT)}".replace("-", "−")
