"""What the models of one split may learn from: scaled expression and features of its training patients."""

from dataclasses import dataclass, replace

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
    training_patients
        Names of the paired training patients.
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
    training_patients: list[str]
    test_patients: list[str]
    test_expression: np.ndarray
    test_features: np.ndarray
    scaling: Scaling

    @property
    def everybody(self) -> np.ndarray:
        """Scaled expression of all paired patients of the fold: the held-out ones, then the training patients."""
        return np.concatenate([self.test_expression, self.expression])


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
        list(patients.obs_names[training]),
        list(patients.obs_names[test]),
        scaled[test],
        features[test],
        scaling,
    )


def inner_folds(fold: Fold, number: int, seed: int) -> list[Fold]:
    """Deal the training patients of a fold anew: each inner fold has another part of them as its validation patients.

    Parameters
    ----------
    fold
        The fold; its held-out patients play no part.
    number
        Number of inner folds, fewer where there are fewer than two patients for each.
    seed
        Seed of the dealing.
    """
    patients = len(fold.expression)
    dealt = np.random.default_rng(seed).permutation(patients) % max(2, min(number, patients // 2))
    return [replace(fold, validation=dealt == part) for part in np.unique(dealt)]


def reported_fold(fold: Fold) -> Fold:
    """Make the held-out patients of a fold its validation patients, as in the publication, which reports their errors.

    What is chosen by them is chosen by the patients it is then tested on.
    """
    return replace(
        fold,
        expression=fold.everybody,
        features=np.concatenate([fold.scaling.scale_features(fold.test_features), fold.features]),
        training_patients=[*fold.test_patients, *fold.training_patients],
        validation=np.arange(len(fold.everybody)) < len(fold.test_patients),
    )
