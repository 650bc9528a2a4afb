"""Predictions of held-out patients as a table: a row per patient and feature."""

import numpy as np
import pandas as pd

from syncohort.radiogenomics.fold import Fold


def tabulate_predictions(fold: Fold, features: list[str], scaled: np.ndarray) -> pd.DataFrame:
    """Join predictions and truth of a fold's held-out patients.

    Parameters
    ----------
    fold
        The fold.
    features
        Names of the features.
    scaled
        (test patients, features) predictions, scaled.

    Returns
    -------
    DataFrame
        `patient_id`, `feature`, `observed` and `predicted` in physical units, and `scale`, by which both are divided to
        be on the scale that models are trained on.
    """
    shape = (len(fold.test_patients), len(features))
    return pd.DataFrame(
        {
            "patient_id": np.repeat(fold.test_patients, shape[1]),
            "feature": np.tile(features, shape[0]),
            "observed": fold.test_features.ravel(),
            "predicted": fold.scaling.restore_features(scaled).ravel(),
            "scale": np.tile(fold.scaling.feature_maximum, shape[0]),
        }
    )
