"""Gradient-boosted regression trees, on the genes that go most with each feature."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.feature_selection import SelectKBest, f_regression
from sklearn.pipeline import make_pipeline

SETTINGS = {
    "genes": {
        "description": "Genes that trees may ask, those most correlated with the feature in the training patients.",
        "type": "integer",
        "minimum": 1,
        "default": 200,
        "unit": "genes",
    },
    "trees": {
        "description": "Trees of each feature.",
        "type": "integer",
        "minimum": 1,
        "default": 100,
        "unit": "trees",
    },
    "learning_rate": {
        "description": "Share of each tree's prediction that is added.",
        "type": "number",
        "exclusiveMinimum": 0,
        "maximum": 1,
        "default": 0.05,
    },
}
METHODS = (
    "is a sum of {{ trees }} regression trees of depth 2 per feature (Friedman, 2001), on the {{ genes }} genes most "
    "correlated with it in the training patients, by absolute error."
)
REFERENCES = {
    "Friedman, 2001": "Friedman JH. Greedy function approximation: a gradient boosting machine. Ann Stat 29:1189, 2001."
}


def fit_predict(
    expression: np.ndarray, features: np.ndarray, unseen: np.ndarray, settings: Mapping[str, Any], seed: int
) -> np.ndarray:
    """Choose genes, grow the trees of every feature and predict: (unseen patients, features)."""
    predicted = np.empty((len(unseen), features.shape[1]))
    for number, target in enumerate(features.T):
        trees = GradientBoostingRegressor(
            loss="absolute_error",
            n_estimators=settings["trees"],
            learning_rate=settings["learning_rate"],
            max_depth=2,
            subsample=0.7,
            random_state=np.random.RandomState(np.random.MT19937(seed)),
        )
        genes = SelectKBest(f_regression, k=min(settings["genes"], expression.shape[1]))
        predicted[:, number] = make_pipeline(genes, trees).fit(expression, target).predict(unseen)
    return predicted
