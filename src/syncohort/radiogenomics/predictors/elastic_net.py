"""An elastic net per feature, its two penalties chosen on paths over the published grid."""

import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import enet_path
from sklearn.model_selection import KFold

SETTINGS = {
    "preset": {
        "description": (
            "Where the grid comes from unless given: `default` is Syncohort's own, `paper` the published one of 4000 "
            "by 21."
        ),
        "enum": ["default", "paper"],
        "default": "default",
    },
    "penalties": {
        "description": "Penalties (λ) of a path, spaced evenly on a logarithmic scale.",
        "type": "integer",
        "minimum": 2,
        "presets": {"default": 100, "paper": 4000},
        "unit": "penalties",
    },
    "smallest_penalty": {
        "description": "The least penalty of a path, as a share of the one at which all coefficients are zero.",
        "type": "number",
        "exclusiveMinimum": 0,
        "exclusiveMaximum": 1,
        "default": 0.001,
        "unit": "share",
    },
    "l1_ratios": {
        "description": ("Shares of the L1 norm in the penalty (α in the paper); 0 is ridge regression."),
        "type": "array",
        "items": {"type": "number", "minimum": 0, "maximum": 1},
        "minItems": 1,
        "presets": {
            "default": [0.0, 0.1, 0.25, 0.5, 0.75, 1.0],
            "paper": [
                0.0,
                0.05,
                0.1,
                0.15,
                0.2,
                0.25,
                0.3,
                0.35,
                0.4,
                0.45,
                0.5,
                0.55,
                0.6,
                0.65,
                0.7,
                0.75,
                0.8,
                0.85,
                0.9,
                0.95,
                1.0,
            ],
        },
    },
    "folds": {
        "description": "Inner folds of the training patients by which the penalties are chosen.",
        "type": "integer",
        "minimum": 2,
        "default": 5,
        "unit": "folds",
    },
}
METHODS = (
    "is one elastic net per feature (Zou and Hastie, 2005), with λ out of {{ penalties }} values and the share of the "
    "L1 "
    "norm out of {{ l1_ratios | length }} chosen by the R² of {{ folds }} inner folds of the training patients, "
    "intercept-only models excluded."
)
REFERENCES = {
    "Zou and Hastie, 2005": "Zou H, Hastie T. Regularization and variable selection via the elastic net. JRSS B "
    "67:301, 2005."
}
# A ridge has no penalty at which all coefficients are zero: its path starts where that of this share does.
LEAST_L1_RATIO = 0.01


def fit_predict(
    expression: np.ndarray, features: np.ndarray, unseen: np.ndarray, settings: Mapping[str, Any], seed: int
) -> np.ndarray:
    """Choose the penalties of every feature, fit it and predict: (unseen patients, features)."""
    folds = KFold(
        min(settings["folds"], len(expression) // 2),
        shuffle=True,
        random_state=np.random.RandomState(np.random.MT19937(seed)),
    )
    inner = list(folds.split(expression))
    predicted = np.empty((len(unseen), features.shape[1]))
    for number, target in enumerate(features.T):
        l1_ratio, penalty = choose_penalties(expression, target, inner, settings)
        [coefficients] = coefficient_path(expression, target, l1_ratio, np.array([penalty])).T
        predicted[:, number] = target.mean() + (unseen - expression.mean(axis=0)) @ coefficients
    return predicted


def choose_penalties(
    expression: np.ndarray, target: np.ndarray, inner: list[tuple[np.ndarray, np.ndarray]], settings: Mapping[str, Any]
) -> tuple[float, float]:
    """Find the L1 share and the penalty with the best R² over inner folds.

    Parameters
    ----------
    expression, target
        (patients, genes) and (patients,).
    inner
        Training and validation patients of each inner fold.
    settings
        As `SETTINGS`.

    Returns
    -------
    l1_ratio, penalty
        A penalty at which no inner fold's model is the intercept alone, where there is one.
    """
    best = (-np.inf, 0.0, 0.0)
    for l1_ratio in settings["l1_ratios"]:
        penalties = penalty_grid(expression, target, l1_ratio, settings)
        squares, empty = np.zeros(len(penalties)), np.zeros(len(penalties), dtype=bool)
        for training, validation in inner:
            x, y = expression[training], target[training]
            coefficients = coefficient_path(x, y, l1_ratio, penalties)
            predicted = y.mean() + (expression[validation] - x.mean(axis=0)) @ coefficients
            squares += np.square(target[validation, None] - predicted).sum(axis=0)
            empty |= ~coefficients.any(axis=0)
        scores = np.where(empty & ~empty.all(), -np.inf, -squares)
        place = int(np.argmax(scores))
        best = max(best, (float(scores[place]), l1_ratio, float(penalties[place])))
    return best[1:]


def penalty_grid(
    expression: np.ndarray, target: np.ndarray, l1_ratio: float, settings: Mapping[str, Any]
) -> np.ndarray:
    """Penalties of a path, largest first; at the largest all coefficients are zero but for rounding."""
    covariances = np.abs((expression - expression.mean(axis=0)).T @ (target - target.mean())) / len(target)
    largest = covariances.max() / max(l1_ratio, LEAST_L1_RATIO)
    return largest * np.logspace(0, np.log10(settings["smallest_penalty"]), settings["penalties"])


def coefficient_path(expression: np.ndarray, target: np.ndarray, l1_ratio: float, penalties: np.ndarray) -> np.ndarray:
    """Coefficients (genes, penalties) of elastic nets with intercept, along a path of falling penalties.

    Each solution starts from the one before; ridge regressions of all penalties come from one decomposition. The
    objective is scikit-learn's: ‖y − Xw‖² / (2n) + λ (r ‖w‖₁ + (1 − r) ‖w‖² / 2).
    """
    centred, goal = expression - expression.mean(axis=0), target - target.mean()
    if l1_ratio == 0:
        left, values, right = np.linalg.svd(centred, full_matrices=False)
        shrunk = values[:, None] / (values[:, None] ** 2 + len(goal) * penalties)
        return right.T @ (shrunk * (left.T @ goal)[:, None])
    with warnings.catch_warnings():
        # At the least penalties a path may end before the last digit is right, which no choice depends on.
        warnings.simplefilter("ignore", ConvergenceWarning)
        _, coefficients, _ = enet_path(
            np.asfortranarray(centred, dtype=np.float64), goal, l1_ratio=l1_ratio, alphas=penalties, max_iter=2000
        )
    return coefficients
