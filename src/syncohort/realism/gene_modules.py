"""Modules of genes that rise and fall together, their activity in patients, and what goes with it."""

import numpy as np
import pandas as pd
from scipy import stats
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform


def gene_modules(expression: np.ndarray, genes: list[str], number: int, smallest: int) -> dict[str, list[str]]:
    """Group genes whose expression rises and falls together.

    Average linkage of 1 − r, cut into at most `number` groups; groups of fewer than `smallest` genes are left out.

    Parameters
    ----------
    expression
        (patients, genes) log expression.
    genes
        Their names.
    number
        Groups to cut the tree into.
    smallest
        Fewest genes of a group that is kept.

    Returns
    -------
    dict
        `module 1`, the largest, and so on → genes.
    """
    distance = 1 - np.corrcoef(expression.T)
    tree = linkage(squareform(distance, checks=False).clip(min=0), method="average")
    group = fcluster(tree, number, criterion="maxclust")
    members = [np.flatnonzero(group == value) for value in np.unique(group)]
    kept = sorted(
        (places for places in members if len(places) >= smallest), key=lambda places: (-len(places), places[0])
    )
    return {f"module {rank}": [genes[place] for place in places] for rank, places in enumerate(kept, start=1)}


def module_activity(expression: pd.DataFrame, modules: dict[str, list[str]]) -> pd.DataFrame:
    """Score every patient's activity of every module: the mean of its genes' z-scores, (patients, modules)."""
    standard = (expression - expression.mean()) / expression.std(ddof=0)
    return pd.DataFrame({name: standard[members].mean(axis=1) for name, members in modules.items()})


def associate(activity: pd.DataFrame, features: pd.DataFrame) -> pd.DataFrame:
    """Correlate every module with every feature.

    Parameters
    ----------
    activity
        (patients, modules).
    features
        (patients, features) of the same patients.

    Returns
    -------
    DataFrame
        `module`, `feature`, `correlation` (Spearman), `p_value`, `q_value` by Benjamini and Hochberg over all pairs.
    """
    ranks = [stats.zscore(stats.rankdata(table, axis=0), axis=0) for table in (activity, features)]
    correlation = (ranks[0].T @ ranks[1] / len(activity)).clip(-1, 1)
    # Student's t of a rank correlation, as in stats.spearmanr, but for all pairs at once.
    freedom = len(activity) - 2
    with np.errstate(divide="ignore"):
        t = correlation * np.sqrt(freedom / (1 - correlation**2))
    table = pd.DataFrame(
        {
            "module": np.repeat(activity.columns, features.shape[1]),
            "feature": np.tile(features.columns, activity.shape[1]),
            "correlation": correlation.ravel(),
            "p_value": 2 * stats.t.sf(np.abs(t), freedom).ravel(),
        }
    )
    return table.assign(q_value=stats.false_discovery_control(table["p_value"]))
