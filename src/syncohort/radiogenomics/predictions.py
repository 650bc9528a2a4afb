"""Predictions of a fold's patients as a table: a row per patient and feature."""

import numpy as np
import pandas as pd

from syncohort.core.splits import TEST, TRAIN
from syncohort.radiogenomics.fold import Fold


def tabulate_predictions(fold: Fold, features: list[str], scaled: np.ndarray) -> pd.DataFrame:
    """Join predictions and truth of a fold's patients.

    Parameters
    ----------
    fold
        The fold.
    features
        Names of the features.
    scaled
        (patients, features) predictions for `fold.everybody`, scaled.

    Returns
    -------
    DataFrame
        `patient_id`, `part` (`test`, or `train` for all whom the model has learnt from, those who stopped its training
        among them), `feature`, `observed` and `predicted` in physical units, and `scale`, by which both are divided to
        be on the scale that models are trained on.
    """
    patients = [*fold.test_patients, *fold.training_patients]
    observed = np.concatenate([fold.test_features, fold.scaling.restore_features(fold.features)])
    part = np.repeat([TEST, TRAIN], [len(fold.test_patients), len(fold.training_patients)])
    return pd.DataFrame(
        {
            "patient_id": np.repeat(patients, len(features)),
            "part": np.repeat(part, len(features)),
            "feature": np.tile(features, len(patients)),
            "observed": observed.ravel(),
            "predicted": fold.scaling.restore_features(scaled).ravel(),
            "scale": np.tile(fold.scaling.feature_maximum, len(patients)),
        }
    )
