"""Which genes move a nodule's features: integrated gradients of held-out patients' synthetic nodules."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch
from scipy import stats

from syncohort.nodule.features import FEATURES
from syncohort.nodule.generator_network import GeneGenerator
from syncohort.nodule.soft_features import NAMES, soft_features
from syncohort.nodule.trained_generator import AT_ONCE, TrainedGenerator
from syncohort.training.integrated_gradients import integrated_gradients

# Points of the way from the mean of the training patients to a patient, and backgrounds that are averaged over at most.
POINTS, MOST_BACKGROUNDS = 8, 4


@dataclass(frozen=True, eq=False)
class Attributions:
    """What genes contribute to the features of patients' synthetic nodules.

    Parameters
    ----------
    values
        (features, patients, genes), features in the order of `FEATURES`.
    differences
        (patients, genes) scaled expression less that of the mean training patient.
    genes
        Names of the genes.
    """

    values: np.ndarray
    differences: np.ndarray
    genes: list[str]

    @property
    def strength(self) -> np.ndarray:
        """(features, genes) mean absolute attribution over patients, as a share of all genes'."""
        mean = np.abs(self.values).mean(axis=1)
        return mean / np.maximum(mean.sum(axis=1, keepdims=True), np.finfo(float).tiny)

    @property
    def direction(self) -> np.ndarray:
        """(features, genes): 1 where more of a gene makes more of the feature, −1 where less, 0 where neither."""
        return np.sign((self.values * self.differences).sum(axis=1)).astype(int)


def attribute_features(
    generator: TrainedGenerator,
    network: GeneGenerator,
    profiles: pd.DataFrame,
    training: pd.DataFrame,
    backgrounds: np.ndarray,
    noise: np.ndarray,
) -> Attributions:
    """Attribute the features of synthetic nodules to genes.

    Parameters
    ----------
    generator, network
        A trained generator, and what its `network` gave.
    profiles, training
        (patients, genes) log expression of the patients, and of the training patients, whose mean is the baseline.
    backgrounds, noise
        (backgrounds, rows, columns) and (backgrounds, noise) that every patient's nodules are made with; the feature
        that is attributed is the mean over the first four.

    Returns
    -------
    Attributions
        Of the smooth features of `soft_features`. What a patient's genes get adds up to the difference of the patient's
        feature from that of the mean training patient, but for the error of the sum over 8 points. It is of expression
        before any projection on principal components.
    """
    device = next(network.parameters()).device
    tensor = lambda values: torch.as_tensor(values, dtype=torch.float32, device=device)  # noqa: E731
    directions = generator.scale.components
    directions = None if directions is None else tensor(directions)
    background, chance = (tensor(values[:MOST_BACKGROUNDS]) for values in (backgrounds, noise))
    wanted = [NAMES.index(feature) for feature in FEATURES]

    def mean_features(genes: torch.Tensor) -> torch.Tensor:
        seen = genes if directions is None else genes @ directions.T @ directions
        code = network.encoder(seen).repeat_interleave(len(background), dim=0)
        made = network.generator(code, chance.repeat(len(genes), 1), background.repeat(len(genes), 1, 1)[:, None])
        features = soft_features(made.image, made.share)[:, wanted]
        return features.view(len(genes), len(background), -1).mean(dim=1)

    inputs = tensor(generator.scale.standardise(profiles))
    baseline = tensor(generator.scale.standardise(training)).mean(dim=0)
    parts = [
        integrated_gradients(mean_features, part, baseline, POINTS)
        for part in inputs.split(max(1, AT_ONCE // len(background)))
    ]
    values = torch.cat(parts, dim=1).cpu().numpy()
    return Attributions(values, (inputs - baseline).cpu().numpy(), generator.scale.genes)


def rank_genes(attributions: Attributions) -> pd.DataFrame:
    """Rank genes by how much they move each feature.

    Returns
    -------
    DataFrame
        `feature`, `rank`, `gene`, `attribution` (`Attributions.strength`), `direction`.
    """
    tables = []
    for feature, strength, direction in zip(FEATURES, attributions.strength, attributions.direction, strict=True):
        order = np.argsort(-strength, kind="stable")
        ranked = {"rank": np.arange(1, len(order) + 1), "gene": np.array(attributions.genes)[order]}
        numbers = {"attribution": strength[order], "direction": direction[order]}
        tables.append(pd.DataFrame({"feature": feature, **ranked, **numbers}))
    return pd.concat(tables, ignore_index=True)


def rank_modules(attributions: Attributions, modules: Mapping[str, list[str]]) -> pd.DataFrame:
    """Tell how far the genes of a module stand out among all.

    Parameters
    ----------
    attributions
        The attributions.
    modules
        Name → genes.

    Returns
    -------
    DataFrame
        `feature`, `module`, `genes` (of the module among those attributed), `auc`: the probability that a gene of the
        module has a greater absolute attribution than one outside it, 0.5 where it stands out in nothing (U of Mann
        and Whitney over the number of pairs). There is no p-value, for the genes of a module are not independent.
    """
    inside = {name: np.isin(attributions.genes, members) for name, members in modules.items()}
    rows = []
    for feature, ranks in zip(FEATURES, stats.rankdata(attributions.strength, axis=1), strict=True):
        for name, chosen in inside.items():
            number = int(chosen.sum())
            pairs = number * (len(chosen) - number)
            wins = ranks[chosen].sum() - number * (number + 1) / 2
            rows.append((feature, name, number, wins / pairs if pairs else np.nan))
    return pd.DataFrame(rows, columns=["feature", "module", "genes", "auc"])
