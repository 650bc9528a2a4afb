"""The learning curve: classifiers trained on few real samples, with and without synthetic ones."""

import pandas as pd
from matplotlib.figure import Figure as Drawing

from syncohort.report.figures.figure import INK, REAL, RULE, SYNTHETIC, Figure, styled
from syncohort.report.wording import signed

SCORE = "balanced accuracy"


@styled
def learning_curve(curve: pd.DataFrame, *, model: str, name: str) -> Figure:
    """Draw balanced accuracy by number of real samples, a panel per classifier.

    Parameters
    ----------
    curve
        Means over folds: `classifier`, `size`, `n`, `score`, `real`, `augmented`, `gain`, `ci_low`, `ci_high`; at least
        one row.
    model
        Name of the model.
    name
        Name of the figure.
    """
    shown = curve[curve["score"] == SCORE]
    classifiers = list(dict.fromkeys(shown["classifier"]))
    drawing = Drawing(figsize=(2.7 * len(classifiers) + 0.3, 3.0))
    panels = drawing.subplots(1, len(classifiers), sharey=True, squeeze=False)[0]
    for classifier, axes in zip(classifiers, panels, strict=True):
        mine = shown[shown["classifier"] == classifier]
        axes.plot(mine["n"], mine["real"], color=REAL, marker="o", markersize=4, label="real alone")
        axes.plot(mine["n"], mine["augmented"], color=SYNTHETIC, marker="s", markersize=4, label="real and synthetic")
        axes.set_xscale("log")
        axes.set_xticks(mine["n"], [f"{number:.0f}" for number in mine["n"]])
        axes.minorticks_off()
        axes.set_title(classifier)
        axes.grid(axis="y", color=RULE)
    panels[0].set_ylabel(SCORE)
    drawing.supxlabel("real training samples", fontsize=10, color=INK)
    drawing.legend(*panels[0].get_legend_handles_labels(), loc="outside upper right", ncols=2)
    return Figure(
        name=name,
        title=f"{model}: what synthetic samples add to real ones",
        finding=_finding(shown),
        alternative=(
            f"{len(classifiers)} panels, one for each classifier: balanced accuracy on held-out patients by number of "
            "real training samples, one line for real samples alone and one for real and synthetic samples."
        ),
        reading=(
            "Blue: classifiers trained on that many real samples. Orange: on the same samples and as many synthetic "
            "ones as there are real training samples in a fold. Both are tested on the fold’s held-out patients; "
            "points are means over folds and repeats. The generator has seen all training patients of its fold, also "
            "where a classifier is given only few of them: the gain tells what a synthetic cohort brings to someone "
            "who has few samples of their own."
        ),
        table=curve,
        drawing=drawing,
    )


def _finding(shown: pd.DataFrame) -> str:
    """Tell where the gain is certain, of the fewest real samples."""
    fewest = shown[shown["n"] == shown["n"].min()]
    best = fewest.loc[fewest["gain"].idxmax()]
    certain = fewest[fewest["ci_low"] > 0]
    return (
        f"Beside {best['n']:.0f} real samples, synthetic ones change balanced accuracy by "
        f"{signed(fewest['gain'].min())} to {signed(best['gain'])} ({best['classifier']}); the interval over folds "
        f"is above 0 for {len(certain)} of {len(fewest)} classifiers."
    )
