"""How well models predict each image feature, and whether one is better than another."""

from collections.abc import Sequence
from itertools import product

import numpy as np
import pandas as pd
from scipy import stats


def score_predictions(predictions: pd.DataFrame) -> pd.DataFrame:
    """Score one model on the held-out patients of all folds together.

    Parameters
    ----------
    predictions
        The tables of `tabulate_predictions`, of all folds.

    Returns
    -------
    DataFrame
        Per feature: `n`, `mae` in the feature's unit, `mae_scaled`, each patient divided by the maximum of its fold's
        training patients, `mape`, %, of the patients whose value is not 0, and `r2`, 1 − squared errors ÷ squared
        deviations from the mean of the held-out patients.
    """
    rows = []
    for feature, part in predictions.groupby("feature", sort=False):
        error = (part["predicted"] - part["observed"]).abs()
        known = part["observed"] != 0
        deviations = np.square(part["observed"] - part["observed"].mean()).sum()
        rows.append(
            {
                "feature": feature,
                "n": len(part),
                "mae": error.mean(),
                "mae_scaled": (error / part["scale"]).mean(),
                "mape": 100 * (error[known] / part["observed"][known].abs()).mean(),
                "r2": 1 - np.square(error).sum() / deviations,
            }
        )
    return pd.DataFrame(rows)


def compare_models(predictions: dict[str, pd.DataFrame], references: Sequence[str]) -> pd.DataFrame:
    """Compare the absolute errors of every model with those of some of them, patient by patient.

    Parameters
    ----------
    predictions
        Model → its predictions of all folds.
    references
        The models to compare with.

    Returns
    -------
    DataFrame
        Per other model and feature: `model`, `reference`, `feature`, `difference` of the mean absolute errors (below 0
        where the model is better, in the feature's unit), `p_value` of Wilcoxon's signed-rank test, two-sided, with
        continuity correction and the normal approximation, and `p_adjusted` by Bonferroni over the features.

    References
    ----------
    Smedley and Hsu, IEEE ISBI 2018, section 2.6.
    """
    errors = {name: _errors(table) for name, table in predictions.items()}
    rows = []
    for reference, (name, error) in product(references, errors.items()):
        if name == reference:
            continue
        for feature, values in (error - errors[reference].loc[error.index, error.columns]).items():
            p_value = _signed_rank(values.to_numpy())
            rows.append((name, reference, feature, values.mean(), p_value))
    table = pd.DataFrame(rows, columns=["model", "reference", "feature", "difference", "p_value"])
    number = table["feature"].nunique()
    return table.assign(p_adjusted=(table["p_value"] * number).clip(upper=1))


def _errors(predictions: pd.DataFrame) -> pd.DataFrame:
    """Absolute errors, patients × features."""
    error = (predictions["predicted"] - predictions["observed"]).abs()
    return predictions.assign(error=error).pivot(index="patient_id", columns="feature", values="error")


def _signed_rank(differences: np.ndarray) -> float:
    """p-value of Wilcoxon's signed-rank test; 1 where nothing differs."""
    if not differences.any():
        return 1.0
    return float(stats.wilcoxon(differences, zero_method="wilcox", correction=True, method="approx").pvalue)


def detectable_correlation(patients: int, alpha: float = 0.05, power: float = 0.8) -> float:
    """Least correlation that a two-sided test of so many patients finds with the given power.

    By Fisher's z: tanh((z₁₋α/₂ + z_power) / √(n − 3)).

    References
    ----------
    Cohen, Statistical Power Analysis for the Behavioral Sciences, 1988, chapter 3.
    """
    return float(np.tanh((stats.norm.ppf(1 - alpha / 2) + stats.norm.ppf(power)) / np.sqrt(patients - 3)))
