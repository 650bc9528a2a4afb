"""Which genes a network's predictions rest on, and how far folds agree."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import torch
from scipy import stats

from syncohort.radiogenomics.networks import Regressor
from syncohort.training.integrated_gradients import integrated_gradients

# Points of the straight line from the baseline to a patient.
POINTS = 32
# Genes to give for each feature.
TOP = 50


def attribute_predictions(weights: Mapping[str, np.ndarray], expression: np.ndarray) -> np.ndarray:
    """Attribute a network's predictions to genes by integrated gradients.

    Parameters
    ----------
    weights
        Weights of the network.
    expression
        (patients, genes) scaled; the baseline is 0, the mean of the training patients.

    Returns
    -------
    numpy.ndarray
        (features, genes) mean over the patients of the absolute attribution.
    """
    patients = torch.as_tensor(expression, dtype=torch.float32)
    found = integrated_gradients(Regressor.of(weights), patients, torch.zeros(patients.shape[1]), POINTS)
    return found.abs().mean(dim=1).numpy()


def summarise_attributions(folds: list[np.ndarray], features: list[str], genes: list[str], top: int) -> pd.DataFrame:
    """Give the genes with the greatest attribution to every feature, and how far folds agree on them.

    Parameters
    ----------
    folds
        (features, genes) attributions of every fold.
    features, genes
        Their names.
    top
        Genes to give for each feature.

    Returns
    -------
    DataFrame
        `feature`, `rank`, `gene`, `attribution` (mean over folds of the share in the feature's sum), `folds` (in how
        many of them the gene is among their own first `top`), `stability` (mean rank correlation between two folds'
        attributions of all genes).
    """
    shares = np.stack([fold / np.maximum(fold.sum(axis=1, keepdims=True), np.finfo(float).tiny) for fold in folds])
    rows = []
    for number, feature in enumerate(features):
        mean = shares[:, number].mean(axis=0)
        agreement = _agreement(shares[:, number])
        often = (stats.rankdata(-shares[:, number], method="ordinal", axis=1) <= top).sum(axis=0)
        for rank, place in enumerate(np.argsort(-mean, kind="stable")[:top], start=1):
            rows.append(
                {
                    "feature": feature,
                    "rank": rank,
                    "gene": genes[place],
                    "attribution": mean[place],
                    "folds": often[place],
                    "stability": agreement,
                }
            )
    return pd.DataFrame(rows)


def _agreement(shares: np.ndarray) -> float:
    """Mean Spearman correlation between any two rows (folds, genes)."""
    ranks = stats.rankdata(shares, axis=1)
    if len(ranks) < 2 or (np.ptp(ranks, axis=1) == 0).any():
        return float("nan")
    correlations = np.corrcoef(ranks)
    return float(correlations[np.triu_indices(len(ranks), 1)].mean())


def enriched_sets(genes: list[str], universe: list[str], gene_sets: Mapping[str, list[str]]) -> pd.DataFrame:
    """Test which gene sets are over-represented among some genes, by the hypergeometric distribution.

    Parameters
    ----------
    genes
        The chosen ones.
    universe
        All that could have been chosen.
    gene_sets
        Name → genes; those outside the universe do not count.

    Returns
    -------
    DataFrame
        `gene_set`, `overlap`, `expected`, `size`, `p_value` (one-sided), `q_value`; most significant first. Sets of
        fewer than 3 genes of the universe are left out.
    """
    chosen, everything = set(genes), set(universe)
    rows = []
    for name, members in gene_sets.items():
        members = everything.intersection(members)
        if len(members) < 3:
            continue
        overlap = len(members & chosen)
        p_value = stats.hypergeom.sf(overlap - 1, len(everything), len(members), len(chosen))
        expected = len(members) * len(chosen) / len(everything)
        rows.append((name, overlap, expected, len(members), p_value))
    table = pd.DataFrame(rows, columns=["gene_set", "overlap", "expected", "size", "p_value"])
    q_value = stats.false_discovery_control(table["p_value"]) if len(table) else []
    return table.assign(q_value=q_value).sort_values("p_value", kind="stable", ignore_index=True)
