"""A Gaussian copula for each class: the genes' own distributions, joined by shrunk correlations of normal scores."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from scipy.special import ndtr, ndtri
from scipy.stats import rankdata

from syncohort.expression.classes import classes
from syncohort.expression.covariates import Conditions
from syncohort.expression.locations import Locations
from syncohort.expression.shrinkage import ShrunkCovariance, shrink

SETTINGS = {
    "shrinkage": {
        "description": (
            "How far the correlations of few samples are drawn towards none: by the formula of Ledoit and Wolf, or by "
            "oracle approximating shrinkage (`oas`), which assumes normal data."
        ),
        "enum": ["ledoit_wolf", "oas"],
        "default": "ledoit_wolf",
    },
    "smallest_class": {
        "description": (
            "Least number of samples with the same categorical covariates that get distributions of their own; other "
            "combinations get the sum of the effects of their levels and the deviations of all samples."
        ),
        "type": "integer",
        "minimum": 2,
        "default": 10,
        "unit": "samples",
    },
}
METHODS = (
    "is a Gaussian copula (Sklar, 1959) for each combination of the categorical covariates with at least "
    "{{ smallest_class }} samples (the others share one, with additive means), linear in the numeric ones: the genes’ "
    "empirical distributions joined by the correlations of their normal scores, shrunk "
    "{% if shrinkage == 'oas' %}by oracle approximating shrinkage (Chen et al., 2010)"
    "{% else %}by an analytical formula (Ledoit and Wolf, 2004){% endif %}."
)
REFERENCES = {
    "Sklar, 1959": (
        "Sklar A. Fonctions de répartition à n dimensions et leurs marges. Publications de l’Institut de Statistique "
        "de l’Université de Paris 8:229–231, 1959."
    ),
}
# Genes that are ranked or looked up at a time, in float64.
GENES = 2048


def fit(expression: np.ndarray, conditions: Conditions, settings: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """Keep each gene's sorted deviations from its class, and estimate the correlations of their normal scores."""
    locations = Locations.fit(expression, conditions, settings["smallest_class"])
    weights = locations.to_arrays()
    for group, residuals, _ in locations.residuals(expression, conditions):
        covariance = shrink(_normal_scores(residuals), settings["shrinkage"])
        weights[f"{group}.quantiles"] = np.sort(residuals, axis=0)
        weights[f"{group}.axes"] = covariance.axes
        weights[f"{group}.noise"] = np.array([covariance.noise], dtype=np.float32)
    return weights


def sample(
    weights: Mapping[str, np.ndarray], conditions: Conditions, settings: Mapping[str, Any], seed: int
) -> np.ndarray:
    """Draw scores for each wish's class and look up the deviations they stand for."""
    rng, locations = np.random.default_rng(seed), Locations.from_arrays(weights)
    drawn = locations.predict(conditions)
    for code, places in classes(conditions.codes):
        group = locations.group(code)
        covariance = ShrunkCovariance(weights[f"{group}.axes"], float(weights[f"{group}.noise"][0]))
        drawn[places] += _deviations(covariance.draw(len(places), rng), weights[f"{group}.quantiles"])
    return drawn


def _normal_scores(values: np.ndarray) -> np.ndarray:
    """Normal scores Φ⁻¹((rank − ½) / n) of every gene, with variance 1; 0 where a gene is constant."""
    scores = np.empty(values.shape, dtype=np.float32)
    for genes in _blocks(values.shape[1]):
        block = ndtri((rankdata(values[:, genes], axis=0) - 0.5) / len(values))
        spread = block.std(axis=0)
        scores[:, genes] = block / np.where(spread > 0, spread, 1)
    return scores


def _deviations(scores: np.ndarray, quantiles: np.ndarray) -> np.ndarray:
    """Look up (wishes, genes) scores in (samples, genes) sorted values, between which it is linear."""
    found = np.empty_like(scores)
    for genes in _blocks(scores.shape[1]):
        place = np.clip(ndtr(scores[:, genes].astype(float)) * len(quantiles) - 0.5, 0, len(quantiles) - 1)
        below = place.astype(int)
        low, high = (
            np.take_along_axis(quantiles[:, genes], rows, axis=0)
            for rows in (below, np.minimum(below + 1, len(quantiles) - 1))
        )
        found[:, genes] = low + (place - below) * (high - low)
    return found


def _blocks(genes: int) -> Iterator[slice]:
    return (slice(start, start + GENES) for start in range(0, genes, GENES))
