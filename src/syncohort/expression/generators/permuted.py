"""Every gene permuted over the samples: each gene as it is, and no gene knows of another; a control."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from syncohort.expression.classes import classes, closest_members
from syncohort.expression.covariates import Conditions

SETTINGS = {
    "within_classes": {
        "description": (
            "Whether to permute only among samples with the same categorical covariates, so that differences between "
            "classes stay; else everything that samples have in common goes."
        ),
        "type": "boolean",
        "default": False,
    },
}
METHODS = (
    "permutes every gene of the training samples on its own"
    "{% if within_classes %}, among samples with the same categorical covariates{% endif %}. It is a control: "
    "distributions of single genes stay, correlations go."
)


def fit(expression: np.ndarray, conditions: Conditions, settings: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """Keep the samples."""
    return {"expression": expression, "codes": conditions.codes}


def sample(
    weights: Mapping[str, np.ndarray], conditions: Conditions, settings: Mapping[str, Any], seed: int
) -> np.ndarray:
    """Permute the samples anew, as often as their number goes into that of the wishes."""
    rng, expression = np.random.default_rng(seed), weights["expression"]
    if not settings["within_classes"]:
        return _permuted(expression, len(conditions), rng)
    drawn = np.empty((len(conditions), expression.shape[1]), dtype=expression.dtype)
    for code, places in classes(conditions.codes):
        drawn[places] = _permuted(expression[closest_members(weights["codes"], code)], len(places), rng)
    return drawn


def _permuted(values: np.ndarray, number: int, rng: np.random.Generator) -> np.ndarray:
    """`number` rows of permutations of (samples, genes), none of a gene's values twice before each came once."""
    drawn = np.empty((number, values.shape[1]), dtype=values.dtype)
    for start in range(0, number, len(values)):
        drawn[start : start + len(values)] = rng.permuted(values, axis=0)[: number - start]
    return drawn
