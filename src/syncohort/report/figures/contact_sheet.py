"""A contact sheet: tiles of held-out slides of a tissue, and below each what every model made of the same patient."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.figure import Figure as Drawing

from syncohort.report.figures.figure import INK, Figure, styled
from syncohort.report.wording import names

# Inches along a tile, and white pixels between two.
INCHES, GAP = 0.82, 2


@styled
def contact_sheet(
    sheet: Mapping[str, np.ndarray], conditioned: Mapping[str, bool], *, tissue: str, name: str
) -> Figure:
    """Draw a row of real tiles and one for every model.

    Parameters
    ----------
    sheet
        Row → (tiles, size, size, 3) uint8; the first row is `real`.
    conditioned
        Model → whether it is told expression.
    tissue
        Tissue of the slides.
    name
        Name of the figure.
    """
    columns = len(sheet["real"])
    drawing = Drawing(figsize=(INCHES * columns + 1.0, INCHES * len(sheet)))
    panels = drawing.subplots(len(sheet), 1, squeeze=False)[:, 0]
    for axes, (row, tiles) in zip(panels, sheet.items(), strict=True):
        padded = np.pad(tiles, ((0, 0), (0, 0), (0, GAP), (0, 0)), constant_values=255)
        # A model without expression may have made fewer tiles.
        blank = np.full((columns - len(tiles), *padded.shape[1:]), 255, np.uint8)
        axes.imshow(np.hstack([*padded, *blank])[:, :-GAP], interpolation="none")
        axes.set(xticks=[], yticks=[])
        axes.spines[:].set_visible(False)
        axes.set_ylabel(row, fontsize=8, color=INK)
    told, untold = ([model for model in sheet if conditioned.get(model) is kind] for kind in (True, False))
    parts = [f"{names(told)} of the expression of the patient above"] if told else []
    parts += [f"{names(untold)} of noise alone"] if untold else []
    mean = pd.DataFrame([[row, *tiles.mean(axis=(0, 1, 2))] for row, tiles in sheet.items()])
    mean.columns = ["row", "red", "green", "blue"]
    difference = mean.set_index("row").pipe(lambda colours: (colours - colours.loc["real"]).abs().mean(axis=1))
    return Figure(
        name=name,
        title=f"{tissue.capitalize()}: tiles of held-out slides, and what the models made",
        finding=(
            f"Of {columns} held-out slides, the mean colour differs from that of the real tiles by "
            f"{names([f'{difference[model]:.0f} of 255 ({model})' for model in sheet if model != 'real'])}."
        ),
        alternative=f"{len(sheet)} rows of {columns} tiles of stained tissue: {', '.join(sheet)}.",
        reading=(
            "A column is a patient: the first slides by name, the first tile of each, chosen by nobody. Below the real "
            f"tile are those made by {' and by '.join(parts)}. A tile need not be like the one above it: it should "
            "have its density of cells, its stain and its tissue, and be different in every cell."
        ),
        table=mean,
        drawing=drawing,
    )
