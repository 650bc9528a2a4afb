"""A multivariate normal distribution for each class, with a shrunk covariance."""

from collections.abc import Mapping
from typing import Any

import numpy as np

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
            "Least number of samples with the same categorical covariates that get a mean and a covariance of their "
            "own; other combinations get the sum of the effects of their levels and the covariance within all samples."
        ),
        "type": "integer",
        "minimum": 2,
        "default": 10,
        "unit": "samples",
    },
}
METHODS = (
    "is a multivariate normal distribution for each combination of the categorical covariates with at least "
    "{{ smallest_class }} samples (the others share a covariance, with additive means), linear in the numeric ones, "
    "with the correlations shrunk "
    "{% if shrinkage == 'oas' %}by oracle approximating shrinkage (Chen et al., 2010)"
    "{% else %}by an analytical formula (Ledoit and Wolf, 2004){% endif %}."
)


def fit(expression: np.ndarray, conditions: Conditions, settings: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """Estimate means, standard deviations and shrunk correlations."""
    locations = Locations.fit(expression, conditions, settings["smallest_class"])
    weights = locations.to_arrays()
    for group, residuals, freedom in locations.residuals(expression, conditions):
        squares = np.square(residuals).sum(axis=0)
        # Shrunk towards equal variances, a silent gene would be given noise: correlations are shrunk instead.
        spread = np.sqrt(squares / len(residuals))
        covariance = shrink(residuals / np.where(spread > 0, spread, 1), settings["shrinkage"])
        weights[f"{group}.deviation"] = np.sqrt(squares / freedom)
        weights[f"{group}.axes"] = covariance.axes
        weights[f"{group}.noise"] = np.array([covariance.noise], dtype=np.float32)
    return weights


def sample(
    weights: Mapping[str, np.ndarray], conditions: Conditions, settings: Mapping[str, Any], seed: int
) -> np.ndarray:
    """Draw from the distribution of each wish's class."""
    rng, locations = np.random.default_rng(seed), Locations.from_arrays(weights)
    drawn = locations.predict(conditions)
    for code, places in classes(conditions.codes):
        group = locations.group(code)
        covariance = ShrunkCovariance(weights[f"{group}.axes"], float(weights[f"{group}.noise"][0]))
        drawn[places] += weights[f"{group}.deviation"] * covariance.draw(len(places), rng)
    return drawn
