"""Realism of synthetic expression: one table per held-out fold, and one over all folds."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from syncohort.core.errors import InputError
from syncohort.realism.comparison import compare
from syncohort.realism.controls import matched_subset
from syncohort.realism.intervals import mean_interval
from syncohort.realism.metrics import METRICS

COLUMNS = ["metric", "space", "value", "ceiling", "floor", "ci_low", "ci_high", "n", "note"]
SELECTED_GENES, NAMED_GENES = "selected genes", "named genes"
NAMED = 12
FEWEST_SAMPLES = FEWEST_GENES = 3


def named_genes(
    named: Sequence[str] | None, genes: Sequence[str], standard_deviation: np.ndarray
) -> tuple[list[str], list[str]]:
    """Find the genes that are looked at one by one.

    Parameters
    ----------
    named
        Genes asked for, or None for the 12 most variable ones.
    genes
        (genes,) selected genes.
    standard_deviation
        (genes,) their standard deviations among training samples, on the log scale.

    Returns
    -------
    tuple
        The named genes that are selected, in the order asked for or by falling standard deviation, and those that
        are not selected.
    """
    if named is None:
        return [genes[position] for position in np.argsort(-standard_deviation, kind="stable")[:NAMED]], []
    selected = set(genes)
    asked = list(dict.fromkeys(named))
    return [gene for gene in asked if gene in selected], [gene for gene in asked if gene not in selected]


def groups_of(samples: pd.DataFrame, categorical: Sequence[str]) -> list[str]:
    """Group of each sample: its condition and its categorical covariates, joined."""
    return samples[["condition", *categorical]].astype(str).agg("/".join, axis=1).tolist()


def evaluate_fold(
    train: np.ndarray,
    test: np.ndarray,
    synthetic: Sequence[np.ndarray],
    *,
    train_groups: Sequence[str],
    test_groups: Sequence[str],
    genes: Sequence[str],
    standard_deviation: np.ndarray,
    named: Sequence[str] | None,
    draws: int,
    seed: int,
) -> pd.DataFrame:
    """Score the synthetic samples of a fold's model against the fold's held-out real samples.

    Parameters
    ----------
    train, test
        (training samples, genes) and (test samples, genes) real expression, z-scored by the split's scaler.
    synthetic
        Draws, each (test samples, genes) z-scored alike, generated with the covariates of the test samples.
    train_groups, test_groups
        Group of each sample, such as its condition; the ceiling's draws have the groups of the test samples.
    genes
        (genes,) selected genes.
    standard_deviation
        (genes,) of the split's scaler, by which the most variable genes are found.
    named
        Genes of the second space, or None for the 12 most variable of the selected ones.
    draws
        Draws of training samples for ceiling and floor, at least 1.
    seed
        Seed of the draws.

    Returns
    -------
    DataFrame
        One row per metric and space: `metric`, `space`, `value`, `ceiling`, `floor`, `ci_low`, `ci_high` (empty: one
        fold has no interval), `n` (test samples), `note`.

    Raises
    ------
    InputError
        When the fold has fewer than 3 test samples.
    """
    if len(test) < FEWEST_SAMPLES:
        raise InputError(
            f"The test part of this fold has {len(test)} samples, and its metrics need at least {FEWEST_SAMPLES}. "
            "Lower splits.folds."
        )
    for drawn in synthetic:
        if drawn.shape != test.shape:
            raise ValueError(f"Synthetic samples are {drawn.shape}, test samples {test.shape}: they must be as many.")
    if not np.isfinite(synthetic).all():
        raise ValueError("Synthetic samples hold values that are not finite.")
    rng = np.random.default_rng(seed)
    subsets = [train[matched_subset(train_groups, test_groups, rng)] for _ in range(draws)]
    sets = test, synthetic, subsets
    compared, missing = named_genes(named, genes, standard_deviation)
    note = f"genes: {', '.join(compared)}" + (f"; not selected: {', '.join(missing)}" if missing else "")
    table = pd.concat(
        [
            _space(SELECTED_GENES, sets, seed),
            _space(NAMED_GENES, sets, seed, note, pd.Index(genes).get_indexer(compared)),
        ],
        ignore_index=True,
    )
    return table.assign(ci_low=np.nan, ci_high=np.nan, n=len(test))[COLUMNS]


def _space(
    space: str,
    sets: tuple[np.ndarray, Sequence[np.ndarray], Sequence[np.ndarray]],
    seed: int,
    note: str = "",
    genes: np.ndarray | slice = slice(None),
) -> pd.DataFrame:
    """All metrics in one space of genes, from z-scores of test samples and draws of synthetic and training samples."""
    test, synthetic, training = sets[0][:, genes], *([drawn[:, genes] for drawn in draws] for draws in sets[1:])
    if test.shape[1] < FEWEST_GENES:
        names = [metric.name for metric in METRICS]
        undefined = f"not computed: fewer than {FEWEST_GENES} genes"
        table = pd.DataFrame({"metric": names, "value": np.nan, "ceiling": np.nan, "floor": np.nan, "note": undefined})
    else:
        table = compare(test, synthetic, training, seed=seed)
    return table.assign(space=space, note=["; ".join(filter(None, [note, text])) for text in table["note"]])


def aggregate_folds(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Join the tables of all folds: means over folds, and a t interval of the value.

    Parameters
    ----------
    tables
        Tables of `evaluate_fold`, in the order of the folds.

    Returns
    -------
    DataFrame
        The columns of `evaluate_fold`, with `ci_low` and `ci_high` the 95 % interval of `value` over folds and `n` the
        number of folds where it is defined. Folds share training samples, so the interval is approximate.
    """
    rows = []
    for (metric, space), folds in pd.concat(tables).groupby(["metric", "space"], sort=False):
        value, low, high = mean_interval(folds["value"])
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


def _join_notes(notes: Sequence[str]) -> str:
    """Give the notes of all folds once where they are equal, and fold by fold where they differ."""
    if len(set(notes)) == 1:
        return notes[0]
    return "; ".join(f"fold {fold}: {note}" for fold, note in enumerate(notes) if note)
