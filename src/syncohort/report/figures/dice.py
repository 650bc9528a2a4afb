"""The usefulness of synthetic images: Dice of segmentation networks by what they were trained on."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure as Drawing

from syncohort.core.naming import REAL as ON_REAL
from syncohort.report.figures.figure import INK, REAL, RULE, SYNTHETIC, Figure, styled
from syncohort.report.wording import decimal
from syncohort.sources.volumes.labels import NESTED


@styled
def dice_plot(dice: pd.DataFrame, *, model: str, name: str) -> Figure:
    """Draw the Dice of each training set with its interval, a panel per nested region.

    Parameters
    ----------
    dice
        The table of `summarise_scores`.
    model
        Name of the model.
    name
        Name of the figure.
    """
    sets = list(dict.fromkeys(dice["training_set"]))
    drawing = Drawing(figsize=(2.3 * len(NESTED) + 1.4, 0.42 * len(sets) + 1.2))
    panels = drawing.subplots(1, len(NESTED), sharey=True)
    for region, axes in zip(NESTED, panels, strict=True):
        rows = dice[dice["region"] == region].set_index("training_set").loc[sets]
        for place, (training_set, row) in enumerate(rows.iterrows()):
            colour = REAL if training_set == ON_REAL else SYNTHETIC
            interval = [row["ci_low"], row["ci_high"]]
            if np.isfinite(interval).all():
                axes.plot(interval, [place, place], color=colour, linewidth=2)
            axes.plot(row["dice"], place, color=colour, marker="o", markersize=6)
        axes.axvline(rows.loc[ON_REAL, "dice"], color=INK, linewidth=0.8, linestyle=(0, (3, 2)))
        axes.set_title(region)
        axes.set_xlim(-0.02, 1.02)
        axes.set_xticks([0, 0.5, 1])
        axes.grid(axis="x", color=RULE)
    panels[0].set_yticks(range(len(sets)), sets)
    panels[0].set_ylim(len(sets) - 0.5, -0.5)
    drawing.supxlabel("Dice on held-out real patients", fontsize=10, color=INK)
    return Figure(
        name=name,
        title=f"{model}: segmentation networks by what they were trained on",
        finding=_finding(dice, sets),
        alternative=(
            f"{len(NESTED)} panels, one for each nested region: the mean Dice of each training set as a dot, its "
            "interval as a bar, and a dashed line at that of real subjects."
        ),
        reading=(
            "Blue: trained on real subjects; orange: on synthetic ones, alone (synthetic-2x: two for each real one) or "
            "beside the real ones (mixed). All networks are alike, make as many steps and are tested on the same "
            "held-out patients. Bars are 95 % bootstrap intervals over patients."
        ),
        table=dice,
        drawing=drawing,
    )


def _finding(dice: pd.DataFrame, sets: list[str]) -> str:
    """Say what share of the real Dice is reached without real images."""
    alone = [name for name in sets if name.startswith("synthetic")]
    if not alone:
        real = dice[(dice["training_set"] == ON_REAL) & (dice["region"] == "whole tumour")]["dice"].iloc[0]
        return f"Trained on real subjects, the networks reach a Dice of {decimal(real, 2)} of the whole tumour."
    table = dice.pivot_table(index="training_set", columns="region", values="ratio")
    best = table.loc[alone, list(NESTED)].mean(axis=1).idxmax()
    parts = [f"{decimal(100 * table.loc[best, region], 0)} % ({region})" for region in NESTED]
    return (
        f"Networks trained on synthetic subjects alone ({best}) reach {', '.join(parts[:-1])} and {parts[-1]} of the "
        "Dice of those trained on real ones."
    )
