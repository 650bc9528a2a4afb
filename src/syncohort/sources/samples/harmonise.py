"""The names and values that public sources share, whatever each of them writes."""

from collections.abc import Iterable

import pandas as pd

from syncohort.sources.samples.sheet import MISSING

UNKNOWN = [
    *MISSING,
    *("unknown", "Unknown", "Not Reported", "Not Applicable", "not applicable", "[Not Applicable]"),
    *("Not Collected", "Not collected", "Not Assessed", "Not Recorded In Database"),
]
STAGE = r"(?i)^stage\s+(IV|I{1,3}|0)[A-C]?\d?$"
DAYS_PER_YEAR = 365.25
# GTEx writes 1 and 2, the others words.
SEXES = {"female": "female", "f": "female", "2": "female", "male": "male", "m": "male", "1": "male"}


def text(table: pd.DataFrame) -> pd.DataFrame:
    """Bring a table to text without surrounding blanks, None where nothing is known."""
    words = table.astype("string").apply(lambda column: column.str.strip())
    return words.astype(object).mask(words.isna() | words.isin(UNKNOWN), None)


def sex(values: pd.Series) -> pd.Series:
    """Read `female` and `male` from what a source writes, None for anything else."""
    return _or_none(values.astype("string").str.strip().str.casefold().map(SEXES))


def years(days: pd.Series) -> pd.Series:
    """Turn an age in days into years of 365.25 days with one decimal, as text; None where there is no number."""
    numbers = pd.to_numeric(days, errors="coerce") / DAYS_PER_YEAR
    return _or_none(numbers.map("{:.1f}".format, na_action="ignore"))


def stage(values: pd.Series) -> pd.Series:
    """Read a tumour's stage `0` to `IV`, without its subdivision: `Stage IIIA` is `III`."""
    return _or_none(
        values.astype("string").str.extract(r"(?i)^stage\s+(IV|I{1,3}|0)[A-C]?\d?$", expand=False).str.upper()
    )


def lower(values: pd.Series) -> pd.Series:
    """Write a tissue in small letters, as in `adipose tissue`; None stays."""
    return _or_none(values.astype("string").str.casefold())


def first_known(columns: Iterable[pd.Series]) -> pd.Series:
    """Take each value from the first column that knows it."""
    first, *others = columns
    for other in others:
        first = first.where(first.notna(), other)
    return first


def _or_none(values: pd.Series) -> pd.Series:
    return values.astype(object).where(values.notna(), None)
