"""The generator `normal` with differentially private class means: the least that privacy by design would cost.

A kind of generator for `ablation.py`, as in `{kind: benchmarks/private_means.py, epsilon: 10}`. Only the means are
private; covariances, the scale of genes and their selection are not, so that what it gives is a bound from above on
the quality of any private generator of these classes, and no release.
"""

import math
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.decomposition import PCA

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from syncohort.expression.classes import classes
from syncohort.expression.covariates import Conditions
from syncohort.expression.generators import normal

SETTINGS = {
    "epsilon": {
        "description": "Privacy loss ε of one patient's sample of a class replaced by another.",
        "type": "number",
        "exclusiveMinimum": 0,
        "default": 10,
    },
    "components": {
        "description": (
            "Leading principal components that the means are released in, as if these were public; beyond them the "
            "mean is that of all samples. 0 for all genes."
        ),
        "type": "integer",
        "minimum": 0,
        "default": 0,
        "unit": "components",
    },
}
METHODS = "is the normal distribution of each class with means of ε = {{ epsilon }}."
NORMAL = {"shrinkage": "ledoit_wolf", "smallest_class": 10}
DELTA = 1e-5


def noise_multiplier(epsilon: float, delta: float = DELTA) -> float:
    """Standard deviation of Gaussian noise over the sensitivity, by ρ-zCDP (Bun and Steinke 2016, proposition 1.3).

    The noise σ is ρ-zCDP with ρ = 1 / (2 σ²), which is (ρ + 2 √(ρ ln(1/δ)), δ)-differentially private.
    """
    root = math.sqrt(math.log(1 / delta) + epsilon) - math.sqrt(math.log(1 / delta))
    return 1 / (math.sqrt(2) * root)


def fit(expression: np.ndarray, conditions: Conditions, settings: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """Fit the distributions, then exchange the means of the classes for clipped and noisy ones."""
    rng, weights = np.random.default_rng(seed), normal.fit(expression, conditions, NORMAL, seed)
    axes = PCA(settings["components"], random_state=0).fit(expression).components_ if settings["components"] else None
    scores = expression if axes is None else expression @ axes.T
    norms = np.linalg.norm(scores, axis=1)
    # Half of the samples are clipped: with more noise or more bias the means would be worse.
    clip = float(np.median(norms))
    clipped = scores * np.minimum(1, clip / norms)[:, None]
    for position, code in enumerate(weights["locations.codes"]):
        rows = next(rows for other, rows in classes(conditions.codes) if (other == code).all())
        deviation = noise_multiplier(settings["epsilon"]) * 2 * clip / len(rows)
        mean = clipped[rows].mean(axis=0) + rng.normal(scale=deviation, size=scores.shape[1])
        weights["locations.means"][position] = mean if axes is None else mean @ axes
    return weights


def sample(
    weights: Mapping[str, np.ndarray], conditions: Conditions, settings: Mapping[str, Any], seed: int
) -> np.ndarray:
    """Draw from the distribution of each wish's class."""
    return normal.sample(weights, conditions, NORMAL, seed)
