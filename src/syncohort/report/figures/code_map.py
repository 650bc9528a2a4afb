"""The map of the code of expression: every sample a dot, coloured by tissue."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure as Drawing
from sklearn.neighbors import KNeighborsClassifier

from syncohort.core.splits import TEST
from syncohort.realism.layout import T_SNE, UMAP
from syncohort.report.figures.figure import DOWN, MUTED, PAPER, REAL, SYNTHETIC, UP, Figure, styled

COLOURS = (REAL, SYNTHETIC, UP, DOWN, MUTED)
MARKS = ("o", "s", "^", "D")
NEIGHBOURS = 5
# What a layout knows of held-out samples.
SEEN = {T_SNE: ", and they are laid out together with the others", UMAP: ", nor has the map"}


@styled
def code_map(places: pd.DataFrame, *, name: str) -> Figure:
    """Draw the table of `map_codes`.

    Parameters
    ----------
    places
        `tissue`, `role`, `layout`, `x`, `y` of every sample.
    name
        Name of the figure.
    """
    drawing = Drawing(figsize=(6.4, 4.2))
    axes = drawing.subplots()
    held_out, layout = (places["role"] == TEST).to_numpy(), places["layout"].iloc[0]
    for number, (tissue, rows) in enumerate(places.groupby("tissue")):
        look = {"color": COLOURS[number % len(COLOURS)], "marker": MARKS[number // len(COLOURS) % len(MARKS)]}
        seen = rows[rows["role"] != TEST]
        other = rows[rows["role"] == TEST]
        axes.scatter(seen["x"], seen["y"], s=14, alpha=0.55, linewidths=0, label=tissue, **look)
        axes.scatter(other["x"], other["y"], s=26, edgecolors=PAPER, linewidths=0.7, **look)
    axes.set(xlabel=f"{layout} 1", ylabel=f"{layout} 2", xticks=[], yticks=[])
    drawing.legend(loc="outside right upper", title="tissue")
    return Figure(
        name=name,
        title="Code of expression, by tissue",
        finding=_finding(places, held_out),
        alternative=f"A scatter of {len(places)} samples in a plane, coloured by tissue.",
        reading=(
            "Every dot is a sample, by the code that generators are told. Large dots with a rim are held out: the "
            f"autoencoder has not seen them{SEEN[layout]}. {layout} keeps neighbours together; distances between "
            "groups and the size of a group mean nothing."
        ),
        table=places,
        drawing=drawing,
    )


def _finding(places: pd.DataFrame, held_out: np.ndarray) -> str:
    tissues = places["tissue"].nunique()
    if tissues < 2 or not held_out.any():
        return f"{len(places):,} samples of {tissues} tissue{'s' if tissues > 1 else ''}."
    plane, tissue = places[["x", "y"]].to_numpy(), places["tissue"].to_numpy()
    neighbours = min(NEIGHBOURS, int((~held_out).sum()))
    found = KNeighborsClassifier(neighbours).fit(plane[~held_out], tissue[~held_out]).predict(plane[held_out])
    right = int((found == tissue[held_out]).sum())
    return (
        f"{right:,} of {held_out.sum():,} held-out samples lie among samples of their own tissue ({neighbours} nearest "
        "neighbours)."
    )
