"""How well models predict each image feature, and whether one is better than another."""

from collections.abc import Mapping, Sequence
from itertools import product

import numpy as np
import pandas as pd
from scipy import stats

from syncohort.core.splits import TEST

# A difference is significant at this p-value, adjusted.
ALPHA = 0.05
# Name of a measure of error → its column among the errors of patients.
MEASURES = {"mae": "absolute", "mape": "percentage"}


def errors_of_patients(predictions: pd.DataFrame) -> pd.DataFrame:
    """Add the errors of every patient to the table of `tabulate_predictions`.

    `absolute` is in the feature's unit, `percentage` of the observed value and empty where that is 0. Features are
    scaled by division alone, so a percentage is the same in physical and in scaled units.
    """
    absolute = (predictions["predicted"] - predictions["observed"]).abs()
    observed = predictions["observed"].abs()
    return predictions.assign(absolute=absolute, percentage=100 * absolute / observed.where(observed > 0))


def score_predictions(predictions: pd.DataFrame) -> pd.DataFrame:
    """Score one model over all folds together.

    Parameters
    ----------
    predictions
        The tables of `tabulate_predictions`, of all folds.

    Returns
    -------
    DataFrame
        Per feature, of held-out patients: `n`; `mae` in the feature's unit; `mae_scaled`, each patient divided by the
        maximum of its fold's scale; `mape`, %, of the patients whose value is not 0; `zeros`, how many are left out of
        it; `r2`, 1 − squared errors ÷ squared deviations from the mean of the held-out patients. And of training
        patients `mae_scaled_training` and `mape_training`, means over patients and folds.
    """
    rows = []
    for feature, both in errors_of_patients(predictions).groupby("feature", sort=False):
        held_out = both["part"] == TEST
        part, training = both[held_out], both[~held_out]
        squares = np.square(part["predicted"] - part["observed"]).sum()
        rows.append(
            {
                "feature": feature,
                "n": len(part),
                "mae": part["absolute"].mean(),
                "mae_scaled": (part["absolute"] / part["scale"]).mean(),
                "mape": part["percentage"].mean(),
                "zeros": int(part["percentage"].isna().sum()),
                "r2": 1 - squares / np.square(part["observed"] - part["observed"].mean()).sum(),
                "mae_scaled_training": (training["absolute"] / training["scale"]).mean(),
                "mape_training": training["percentage"].mean(),
            }
        )
    return pd.DataFrame(rows)


def compare_models(predictions: Mapping[str, pd.DataFrame], references: Sequence[str]) -> pd.DataFrame:
    """Compare the errors of every model with those of some of them, patient by patient.

    Parameters
    ----------
    predictions
        Model → its predictions of all folds.
    references
        The models to compare with.

    Returns
    -------
    DataFrame
        Per other model, measure and feature: `model`, `reference`, `measure` (`mae` or `mape`), `feature`, `difference`
        of the mean errors (below 0 where the model is better; in the feature's unit, or in percentage points),
        `p_value` of Wilcoxon's signed-rank test, two-sided, with continuity correction and the normal approximation,
        and `p_adjusted` by Bonferroni over the features. Percentages are compared over patients whose value is not 0.

    References
    ----------
    Smedley and Hsu, IEEE ISBI 2018, section 2.6.
    """
    rows = []
    for measure, column in MEASURES.items():
        errors = {name: _held_out(table, column) for name, table in predictions.items()}
        for reference, (name, error) in product(references, errors.items()):
            if name == reference:
                continue
            for feature, differences in (error - errors[reference].loc[error.index, error.columns]).items():
                known = differences.dropna().to_numpy()
                difference = known.mean() if len(known) else np.nan
                rows.append((name, reference, measure, feature, difference, signed_rank(known)))
    table = pd.DataFrame(rows, columns=["model", "reference", "measure", "feature", "difference", "p_value"])
    return table.assign(p_adjusted=(table["p_value"] * table["feature"].nunique()).clip(upper=1))


def _held_out(predictions: pd.DataFrame, column: str) -> pd.DataFrame:
    """Errors of held-out patients, patients × features."""
    held_out = predictions[predictions["part"] == TEST]
    return errors_of_patients(held_out).pivot(index="patient_id", columns="feature", values=column)


def signed_rank(differences: np.ndarray) -> float:
    """Give the p-value of R's `wilcox.test(differences, exact = FALSE, correct = TRUE)`; 1 where nothing differs."""
    if not differences.any():
        return 1.0
    return float(stats.wilcoxon(differences, zero_method="wilcox", correction=True, method="approx").pvalue)


def detectable_correlation(patients: int, alpha: float = 0.05, power: float = 0.8) -> float:
    """Least correlation that a two-sided test of so many patients finds with the given power.

    By Fisher's z: tanh((z₁₋α/₂ + z_power) / √(n − 3)). Its square is the least share of a feature's variance.

    References
    ----------
    Cohen, Statistical Power Analysis for the Behavioral Sciences, 1988, chapter 3.
    """
    return float(np.tanh((stats.norm.ppf(1 - alpha / 2) + stats.norm.ppf(power)) / np.sqrt(patients - 3)))
