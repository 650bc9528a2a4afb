"""The classifier two-sample test: can a classifier tell synthetic samples from real ones?"""

from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

FOLDS = 5
TREES = 50


def logistic() -> Any:
    """Logistic regression on standardised features."""
    return make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000))


def boosted_trees() -> Any:
    """Gradient-boosted trees, with leaves small enough for a fold of few samples."""
    return HistGradientBoostingClassifier(max_iter=TREES, min_samples_leaf=5, early_stopping=False, random_state=0)


def two_sample_auc(
    real: np.ndarray,
    other: np.ndarray,
    real_patients: np.ndarray,
    other_patients: np.ndarray,
    classifier: Callable[[], Any],
) -> float:
    """Area under the ROC curve of a classifier of origin, the mean over five folds that share no patient.

    Lopez-Paz and Oquab, International Conference on Learning Representations, 2017, with the area in place of the
    accuracy. 0.5 is indistinguishable.

    Parameters
    ----------
    real, other
        (real samples, features) and (other samples, features).
    real_patients, other_patients
        Patient of each sample. Samples of one patient, and copies of one sample, are alike: between folds they would
        make the test see what it learnt.
    classifier
        Maker of an untrained classifier.

    Returns
    -------
    float
        In [0, 1]; NaN where either set has fewer than two patients.
    """
    values = np.concatenate([real, other])
    origin = np.repeat([0, 1], [len(real), len(other)])
    folds = deal_patients(np.concatenate([real_patients, other_patients]), origin)
    scores = []
    for fold in np.unique(folds):
        test = folds == fold
        if len(set(origin[test])) == len(set(origin[~test])) == 2:
            fitted = classifier().fit(values[~test], origin[~test])
            scores.append(roc_auc_score(origin[test], fitted.predict_proba(values[test])[:, 1]))
    return float(np.mean(scores)) if scores else np.nan


def deal_patients(patients: np.ndarray, origin: np.ndarray, folds: int = FOLDS) -> np.ndarray:
    """Deal patients to folds so that each fold has its share of both origins.

    Parameters
    ----------
    patients, origin
        (samples,) patient and origin (0 or 1) of each sample.
    folds
        Number of folds; fewer where an origin has fewer patients.

    Returns
    -------
    numpy.ndarray
        (samples,) fold of each sample; that of a patient is one, whatever the origin.
    """
    _, first, codes = np.unique(patients, return_index=True, return_inverse=True)
    shuffled = np.random.default_rng(0).permutation(len(first))
    ordered = shuffled[np.argsort(origin[first][shuffled], kind="stable")]
    fewest = np.bincount(origin[first], minlength=2).min()
    fold = np.empty(len(first), dtype=int)
    fold[ordered] = np.arange(len(first)) % max(2, min(folds, fewest))
    return fold[codes]
