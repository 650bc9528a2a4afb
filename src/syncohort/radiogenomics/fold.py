"""What the models of one split may learn from: scaled expression and features of its training patients."""

from dataclasses import dataclass

import anndata
import numpy as np
import pandas as pd

from syncohort.core.errors import InputError
from syncohort.core.splits import TEST, VALIDATION, roles_of_patients
from syncohort.radiogenomics.scaling import Scaling

STRICT, PAPER = "strict", "paper"
FEWEST = 5


@dataclass(frozen=True)
class Fold:
    """The patients of a split, scaled.

    Parameters
    ----------
    expression, features
        (training patients, genes) and (training patients, features), paired.
    validation
        (training patients,) whether a patient is of the inner validation part.
    pretraining
        (patients, genes) whom the autoencoder learns from.
    pretraining_validation
        (patients,) the same of these.
    test_patients, test_expression, test_features
        Held-out patients, paired; features are not scaled.
    scaling
        The scale.
    """

    expression: np.ndarray
    features: np.ndarray
    validation: np.ndarray
    pretraining: np.ndarray
    pretraining_validation: np.ndarray
    test_patients: list[str]
    test_expression: np.ndarray
    test_features: np.ndarray
    scaling: Scaling


def make_fold(patients: anndata.AnnData, splits: pd.DataFrame, split: str, protocol: str) -> Fold:
    """Divide the patients of a split and scale them.

    Parameters
    ----------
    patients
        The patients of `pair_patients`.
    splits
        The table of splits.
    split
        Name of the split.
    protocol
        `strict`: the scale is that of the training patients; the autoencoder learns from training patients without
        images, or where there are fewer than 5 from all training patients. `paper`: scale and autoencoder see
        everybody, held-out patients too, as published; scores are then too good.

    Raises
    ------
    InputError
        When a part has fewer than 5 patients with both.
    """
    role = roles_of_patients(pd.Series(patients.obs_names, index=patients.obs_names), splits, split).to_numpy()
    paired, expression = patients.obs["paired"].to_numpy(), np.asarray(patients.X)
    features = patients.obsm["features"].to_numpy()
    training, test = paired & (role != TEST), paired & (role == TEST)
    if training.sum() < FEWEST or ((role == TEST).any() and not test.any()):
        raise InputError(
            f"{split} would have {training.sum()} training and {test.sum()} test patients with expression and images. "
            "Lower splits.folds, or add patients."
        )
    if protocol == PAPER:
        scaling, unlabelled = Scaling.fit(expression, features[paired]), np.ones_like(paired)
    else:
        seen = role != TEST
        scaling, unlabelled = Scaling.fit(expression[seen], features[training]), seen & ~paired
        if unlabelled.sum() < FEWEST or not (role[unlabelled] == VALIDATION).any():
            unlabelled = seen
    scaled = scaling.scale_genes(expression)
    return Fold(
        scaled[training],
        scaling.scale_features(features[training]),
        role[training] == VALIDATION,
        scaled[unlabelled],
        role[unlabelled] == VALIDATION,
        list(patients.obs_names[test]),
        scaled[test],
        features[test],
        scaling,
    )
