"""The scores of all folds in one table, with intervals."""

from collections.abc import Sequence

import pandas as pd

from syncohort.expression.evaluation import COLUMNS
from syncohort.realism.intervals import mean_interval
from syncohort.realism.learning_curve import COLUMNS as CURVE_COLUMNS


def aggregate_folds(tables: Sequence[pd.DataFrame], repeats: int = 1) -> pd.DataFrame:
    """Join the tables of all folds: means over folds, and a t interval of the value.

    Parameters
    ----------
    tables
        Tables `metrics` of `evaluate_fold`, in the order of the folds.
    repeats
        How many times the patients were dealt into folds.

    Returns
    -------
    DataFrame
        The same columns, with `ci_low` and `ci_high` the 95 % interval of `value` over folds and `n` the
        number of folds, of all repeats, where it is defined. Folds share training samples, so the interval is
        approximate.
    """
    rows = []
    for (metric, space), folds in pd.concat(tables).groupby(["metric", "space"], sort=False):
        value, low, high = mean_interval(folds["value"], repeats=repeats)
        rows.append(
            {
                "metric": metric,
                "space": space,
                "value": value,
                "ceiling": folds["ceiling"].mean(),
                "floor": folds["floor"].mean(),
                "ci_low": low,
                "ci_high": high,
                "n": int(folds["value"].notna().sum()),
                "note": _join_notes(folds["note"].fillna("").tolist()),
            }
        )
    return pd.DataFrame(rows, columns=COLUMNS)


def aggregate_learning_curves(tables: Sequence[pd.DataFrame], repeats: int = 1) -> pd.DataFrame:
    """Join the learning curves of all folds: means over folds, and a t interval of the gain over folds.

    Parameters
    ----------
    tables
        Learning curves of `evaluate_fold`; those without rows, of folds with too few labels, do not count.
    repeats
        How many times the patients were dealt into folds.

    Returns
    -------
    DataFrame
        The same columns, with `n` the mean number of real samples.
    """
    rows = []
    joined = pd.concat([table.astype({"size": str}) for table in tables if len(table)] or tables)
    for key, folds in joined.groupby(["classifier", "size", "score"], sort=False):
        gain, low, high = mean_interval(folds["gain"], repeats=repeats)
        means = folds[["n", "real", "augmented"]].mean()
        classifier, size, score = key
        rows.append([classifier, size, means["n"], score, means["real"], means["augmented"], gain, low, high])
    return pd.DataFrame(rows, columns=CURVE_COLUMNS)


def aggregate_self_tests(tables: Sequence[pd.DataFrame], repeats: int = 1) -> pd.DataFrame:
    """Join the self-tests of all folds: means over folds, which have no interval that `repeats` would widen."""
    return pd.concat(tables).groupby(["control", "metric", "space"], sort=False, as_index=False).mean()


def _join_notes(notes: Sequence[str]) -> str:
    """Give the notes of all folds once where they are equal, and fold by fold where they differ."""
    if len(set(notes)) == 1:
        return notes[0]
    return "; ".join(f"fold {fold}: {note}" for fold, note in enumerate(notes) if note)
