"""Predictions of held-out patients against what was observed, for the features that are predicted best."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.figure import Figure as Drawing

from syncohort.core.splits import TEST
from syncohort.radiogenomics.features import unit_of
from syncohort.report.figures.figure import MUTED, REAL, RULE, Figure, styled
from syncohort.report.wording import decimal

SHOWN = 6
ACROSS = 3


@styled
def observed_predicted(scores: pd.DataFrame, predictions: Mapping[str, pd.DataFrame], *, name: str) -> Figure:
    """Draw the features with the greatest R², each by its best model: a dot per held-out patient.

    Parameters
    ----------
    scores
        `model`, `feature`, `r2`, as `score_predictions` gives them for each model.
    predictions
        Model → the tables of `tabulate_predictions`, of all folds.
    name
        Name of the figure.
    """
    best = scores.sort_values("r2", ascending=False, kind="stable").drop_duplicates("feature").head(SHOWN)
    rows = -(-len(best) // ACROSS)
    drawing = Drawing(figsize=(7.6, 2.5 * rows + 0.3))
    places = drawing.subplots(rows, ACROSS, squeeze=False).ravel()
    parts = []
    for axes, row in zip(places, best.itertuples(), strict=False):
        table = predictions[row.model]
        part = table[(table["feature"] == row.feature) & (table["part"] == TEST)]
        parts.append(part.assign(model=row.model))
        values = part[["observed", "predicted"]].to_numpy()
        ends = np.array([values.min(), values.max()])
        axes.plot(ends, ends, color=MUTED, linewidth=0.8, linestyle=(0, (3, 2)))
        axes.plot(part["observed"], part["predicted"], linestyle="none", marker="o", markersize=3.5, color=REAL,
                  alpha=0.7, markeredgewidth=0)  # fmt: skip
        unit = unit_of(row.feature)
        axes.set_title(row.feature.replace("_", " ") + (f", {unit}" if unit not in ("", "1") else ""), fontsize=9)
        axes.text(0.03, 0.96, f"{row.model}\nR² {decimal(row.r2, 2)}", transform=axes.transAxes, va="top", fontsize=8)
        axes.grid(color=RULE)
        axes.locator_params(nbins=4)
    for axes in places[len(best) :]:
        axes.set_visible(False)
    drawing.supxlabel("observed", fontsize=10)
    drawing.supylabel("predicted", fontsize=10)
    first = best.iloc[0]
    above = int((scores.groupby("feature")["r2"].max() > 0).sum())
    return Figure(
        name=name,
        title="Predicted and observed",
        finding=(
            f"{first['feature'].replace('_', ' ')} is predicted best, by {first['model']} with R² "
            f"{decimal(first['r2'], 2)}; for {above} of {scores['feature'].nunique()} features any model has an R² "
            "above 0."
        ),
        alternative=f"{len(best)} scatter plots with a dot per held-out patient and a dashed line of equality.",
        reading=(
            "Each patient was predicted by models that had not seen it. On the dashed line prediction and observation "
            "are equal; dots in a flat band say that the model predicts nearly the same for everybody. The model with "
            "the greatest R² of each feature is shown, which flatters: it is one of several."
        ),
        table=pd.concat(parts)[["model", "feature", "patient_id", "observed", "predicted"]],
        drawing=drawing,
    )
