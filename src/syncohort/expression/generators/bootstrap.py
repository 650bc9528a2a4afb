"""Copies of real training samples: as real as can be, and no privacy; a control."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from syncohort.expression.classes import draw_matching
from syncohort.expression.covariates import Conditions

SETTINGS = {
    "bandwidth": {
        "description": "Width of the kernel by which samples with numeric covariates near those wanted are preferred.",
        "type": "number",
        "exclusiveMinimum": 0,
        "default": 0.5,
        "unit": "standard deviations",
    },
}
METHODS = (
    "copies training samples with the categorical covariates wanted, drawn with replacement (the bootstrap of Efron, "
    "1979); samples with numeric covariates near those wanted are preferred, by a normal kernel of {{ bandwidth }} "
    "standard deviations. It is a control: perfectly real and not private."
)
REFERENCES = {
    "Efron, 1979": "Efron B. Bootstrap methods: another look at the jackknife. Annals of Statistics 7(1):1–26, 1979.",
}


def fit(expression: np.ndarray, conditions: Conditions, settings: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """Keep the samples."""
    return {"expression": expression, "codes": conditions.codes, "numbers": conditions.numbers}


def sample(
    weights: Mapping[str, np.ndarray], conditions: Conditions, settings: Mapping[str, Any], seed: int
) -> np.ndarray:
    """Draw a training sample for each wish."""
    available = Conditions(weights["codes"], weights["numbers"], conditions.levels)
    rng = np.random.default_rng(seed)
    return weights["expression"][draw_matching(available, conditions, rng, bandwidth=settings["bandwidth"])]
