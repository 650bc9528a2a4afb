"""The classifiers that judge utility, and the scores they are judged by."""

from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

TREES = 50
NEIGHBOURS = 5

# Makers of untrained classifiers from the number of samples they will be trained on.
CLASSIFIERS: dict[str, Callable[[int], Any]] = {
    "logistic": lambda samples: make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000)),
    "k-NN": lambda samples: KNeighborsClassifier(min(NEIGHBOURS, samples)),
    "forest": lambda samples: RandomForestClassifier(TREES, random_state=0),
}


def classify(classifier: str, train: np.ndarray, labels: np.ndarray, test: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Train a classifier and score it on other samples.

    Parameters
    ----------
    classifier
        A name of `CLASSIFIERS`.
    train, labels
        (training samples, features) and their labels.
    test, truth
        (test samples, features) and their labels.

    Returns
    -------
    numpy.ndarray
        Balanced accuracy and macro-averaged area under the precision–recall curve, over the labels in `truth`; a label
        that was not trained on counts as never predicted. NaN where `truth` has fewer than two labels, and chance where
        `labels` has only one.
    """
    classes = np.unique(truth)
    if len(classes) < 2:
        return np.full(2, np.nan)
    known = np.unique(labels)
    if len(known) > 1:
        fitted = CLASSIFIERS[classifier](len(train)).fit(train, labels)
        probability = fitted.predict_proba(test)
    else:
        probability = np.ones((len(test), 1))
    predicted = known[probability.argmax(axis=1)]
    recalls, precisions = [], []
    for name in classes:
        mine = truth == name
        column = np.flatnonzero(known == name)
        recalls.append((predicted[mine] == name).mean())
        score = probability[:, column[0]] if len(column) else np.zeros(len(test))
        precisions.append(average_precision_score(mine, score))
    return np.array([np.mean(recalls), np.mean(precisions)])
