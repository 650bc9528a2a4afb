"""Ridge regression on the principal components of expression."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from sklearn.decomposition import PCA
from sklearn.linear_model import RidgeCV
from sklearn.pipeline import make_pipeline

SETTINGS = {
    "components": {
        "description": "Principal components to keep; fewer where there are fewer patients.",
        "type": "integer",
        "minimum": 1,
        "default": 20,
        "unit": "components",
    },
    "penalties": {
        "description": "Penalties to choose from, for each feature by leave-one-out error.",
        "type": "array",
        "items": {"type": "number", "exclusiveMinimum": 0},
        "minItems": 1,
        "default": [0.01, 0.1, 1.0, 10.0, 100.0, 1000.0, 10000.0],
    },
    "permutations": {
        "description": (
            "Permutations of the image features among patients by which its p-values are told; 0 for none."
        ),
        "type": "integer",
        "minimum": 0,
        "default": 199,
        "unit": "permutations",
    },
}
METHODS = (
    "is a ridge regression on {{ components }} principal components, with the penalty of each feature chosen by "
    "leave-one-out error among the training patients."
)


def fit_predict(
    expression: np.ndarray, features: np.ndarray, unseen: np.ndarray, settings: Mapping[str, Any], seed: int
) -> np.ndarray:
    """Fit the ridge regressions of all features and predict: (unseen patients, features)."""
    components = PCA(min(settings["components"], len(expression) - 1), svd_solver="full", whiten=True)
    model = make_pipeline(components, RidgeCV(settings["penalties"], alpha_per_target=True))
    return model.fit(expression, features).predict(unseen)
