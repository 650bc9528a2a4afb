"""Errors of every model for every image feature, beside the error of the median."""

import pandas as pd
from matplotlib.figure import Figure as Drawing

from syncohort.report.figures.figure import INK, MUTED, RULE, Figure, styled

MARKS = "osD^vP*X"


@styled
def prediction_errors(scores: pd.DataFrame, reference: str | None, *, name: str) -> Figure:
    """Draw the mean absolute error of each model as a share of the reference's, a row per feature.

    Parameters
    ----------
    scores
        `model`, `feature`, `mae`, …, as `score_predictions` gives them for each model.
    reference
        The model whose error is 1; the first one if None.
    name
        Name of the figure.
    """
    errors = scores.pivot(index="feature", columns="model", values="mae").loc[list(dict.fromkeys(scores["feature"]))]
    reference = reference or errors.columns[0]
    relative = errors.div(errors[reference], axis=0)
    models = [model for model in dict.fromkeys(scores["model"]) if model != reference]
    drawing = Drawing(figsize=(7.6, 0.26 * len(relative) + 1.5))
    axes = drawing.subplots()
    axes.axvline(1, color=INK, linewidth=1)
    for number, model in enumerate(models):
        axes.plot(
            relative[model],
            range(len(relative)),
            linestyle="none",
            marker=MARKS[number % len(MARKS)],
            markersize=5,
            color=f"C{number}",
            markeredgecolor=MUTED,
            markeredgewidth=0.4,
            label=model,
        )
    axes.set_yticks(range(len(relative)), [feature.replace("_", " ") for feature in relative.index])
    axes.invert_yaxis()
    axes.set_xlabel(f"mean absolute error ÷ that of {reference}")
    axes.grid(axis="x", color=RULE)
    drawing.legend(loc="outside upper left", ncols=3)
    best = relative[models].mean().idxmin()
    below = int((relative[best] < 1).sum())
    return Figure(
        name=name,
        title="Errors of the models",
        finding=(
            f"{best} has the smallest errors on average, {relative[best].mean():.2f} times those of {reference}; it is "
            f"below it for {below} of {len(relative)} features."
        ),
        alternative=f"A row per feature with a mark per model; a line at 1 is the error of {reference}.",
        reading=(
            f"Left of the line a model is better than {reference}, by the mean absolute error over the held-out "
            f"patients "
            "of all folds. Whether a difference is more than chance is in the table of comparisons."
        ),
        table=relative.reset_index(),
        drawing=drawing,
    )
