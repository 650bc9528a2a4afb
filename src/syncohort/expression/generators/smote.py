"""Points between neighbouring training samples of the same class (SMOTE)."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from sklearn.neighbors import NearestNeighbors

from syncohort.expression.classes import classes, draw_matching
from syncohort.expression.covariates import Conditions

SETTINGS = {
    "neighbours": {
        "description": "Nearest samples of the same class, towards one of which each synthetic sample lies.",
        "type": "integer",
        "minimum": 1,
        "default": 5,
        "unit": "samples",
    },
    "bandwidth": {
        "description": "Width of the kernel by which samples with numeric covariates near those wanted are preferred.",
        "type": "number",
        "exclusiveMinimum": 0,
        "default": 0.5,
        "unit": "standard deviations",
    },
}
METHODS = (
    "takes points between a training sample and one of its {{ neighbours }} nearest neighbours with the same "
    "categorical covariates (SMOTE; Chawla et al., 2002)."
)
REFERENCES = {
    "Chawla et al., 2002": (
        "Chawla NV, Bowyer KW, Hall LO, Kegelmeyer WP. SMOTE: synthetic minority over-sampling technique. Journal of "
        "Artificial Intelligence Research 16:321–357, 2002."
    ),
}


def fit(expression: np.ndarray, conditions: Conditions, settings: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """Find the nearest neighbours of each sample in its class; one that is alone is its own."""
    neighbours = np.tile(np.arange(len(expression))[:, None], settings["neighbours"])
    for _, rows in classes(conditions.codes):
        number = min(settings["neighbours"], len(rows) - 1)
        if number:
            found = NearestNeighbors(n_neighbors=number, algorithm="brute").fit(expression[rows])
            # Fewer than wanted are repeated in turn.
            neighbours[rows] = np.resize(
                rows[found.kneighbors(return_distance=False)].T, (settings["neighbours"], len(rows))
            ).T
    return {
        "expression": expression,
        "neighbours": neighbours,
        "codes": conditions.codes,
        "numbers": conditions.numbers,
    }


def sample(
    weights: Mapping[str, np.ndarray], conditions: Conditions, settings: Mapping[str, Any], seed: int
) -> np.ndarray:
    """Draw a training sample for each wish, one of its neighbours, and a point between the two."""
    rng, expression = np.random.default_rng(seed), weights["expression"]
    available = Conditions(weights["codes"], weights["numbers"], conditions.levels)
    first = draw_matching(available, conditions, rng, bandwidth=settings["bandwidth"])
    second = weights["neighbours"][first, rng.integers(weights["neighbours"].shape[1], size=len(first))]
    share = rng.random((len(first), 1), dtype=np.float32)
    return expression[first] + share * (expression[second] - expression[first])
