"""The tables of errors in the layout of the publication: per model over features, and per feature."""

import pandas as pd

from syncohort.radiogenomics.evaluation import ALPHA, MEASURES
from syncohort.radiogenomics.features import unit_of


def average_errors(scores: pd.DataFrame, comparisons: pd.DataFrame) -> pd.DataFrame:
    """Average the errors of every model over the features, and count those it predicts better than a reference.

    Parameters
    ----------
    scores
        `score_predictions` of all models, with `model`.
    comparisons
        As `compare_models`.

    Returns
    -------
    DataFrame
        A row per model in the order of `scores`: `mae_training`, `mae` (scaled), `mape_training`, `mape`, means over
        the features, and for each reference and measure `mae_better_than_{reference}`, the number of features with the
        smaller mean error, and `mae_significant_against_{reference}`, with a significantly smaller one.

    References
    ----------
    Smedley and Hsu, IEEE ISBI 2018, tables 2 and 4.
    """
    columns = {
        "mae_training": "mae_scaled_training",
        "mae": "mae_scaled",
        "mape_training": "mape_training",
        "mape": "mape",
    }
    table = scores.groupby("model", sort=False)[list(columns.values())].mean().set_axis(list(columns), axis=1)
    better = comparisons["difference"] < 0
    marked = comparisons.assign(better=better, significant=better & (comparisons["p_adjusted"] <= ALPHA))
    for (reference, measure), part in marked.groupby(["reference", "measure"], sort=False):
        counts = part.groupby("model")[["better", "significant"]].sum().reindex(table.index)
        table[f"{measure}_better_than_{reference}"] = counts["better"].astype("Int64")
        table[f"{measure}_significant_against_{reference}"] = counts["significant"].astype("Int64")
    return table.reset_index()


def feature_errors(scores: pd.DataFrame, comparisons: pd.DataFrame) -> pd.DataFrame:
    """Give each model's errors feature by feature, marked where they are significantly smaller than a reference's.

    Returns
    -------
    DataFrame
        A row per feature: `feature`, `unit` (of the MAE), and for each model `{model} mae`, `{model} mape` and, where
        it was compared, `{model} mae better than`, `{model} mape better than`: the references, joined by commas.

    References
    ----------
    Smedley and Hsu, IEEE ISBI 2018, table 3.
    """
    features = list(dict.fromkeys(scores["feature"]))
    table = pd.DataFrame({"feature": features, "unit": [unit_of(feature) for feature in features]})
    won = comparisons[(comparisons["difference"] < 0) & (comparisons["p_adjusted"] <= ALPHA)]
    compared = set(comparisons["model"])
    for model, part in scores.groupby("model", sort=False):
        for measure in MEASURES:
            table[f"{model} {measure}"] = part.set_index("feature")[measure].loc[features].to_numpy()
            if model in compared:
                beaten = won[(won["model"] == model) & (won["measure"] == measure)].groupby("feature")["reference"]
                table[f"{model} {measure} better than"] = table["feature"].map(beaten.agg(",".join)).fillna("")
    return table
