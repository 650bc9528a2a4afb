"""Which genes a network's predictions rest on, and how far folds agree."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import torch
from scipy import stats

from syncohort.radiogenomics.networks import Regressor

# Points of the straight line from the baseline to a patient.
POINTS = 32
# Genes to give for each feature.
TOP = 50


def integrated_gradients(weights: Mapping[str, np.ndarray], expression: np.ndarray) -> np.ndarray:
    """Attribute a network's predictions to genes.

    Parameters
    ----------
    weights
        Weights of the network.
    expression
        (patients, genes) scaled; the baseline is 0, the mean of the training patients.

    Returns
    -------
    numpy.ndarray
        (features, genes) mean over the patients of the absolute attribution. Of one patient the attributions of a
        feature add up to its prediction less that of the baseline, but for the error of the sum over 32 points.

    References
    ----------
    Sundararajan et al., ICML 2017, equation 1.
    """
    network, patients = Regressor.of(weights), torch.as_tensor(expression, dtype=torch.float32)
    outputs = network.layers[-1].out_features
    return np.stack([attribute(network, patients, number).abs().mean(dim=0).numpy() for number in range(outputs)])


def attribute(network: Regressor, patients: torch.Tensor, output: int) -> torch.Tensor:
    """Attribution of one output to genes for every patient, (patients, genes)."""
    total = torch.zeros_like(patients)
    for point in (torch.arange(POINTS) + 0.5) / POINTS:
        at = (patients * point).requires_grad_()
        total += torch.autograd.grad(network(at)[:, output].sum(), at)[0]
    return patients * total / POINTS


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
