"""Slices of some held-out patients: the real nodule, a background, and what the model makes of it by whose genes."""

import numpy as np
from matplotlib.figure import Figure as Drawing

from syncohort.nodule.features import measure_nodules
from syncohort.nodule.slices import Slices
from syncohort.report.figures.figure import INK, Figure, styled

ROWS = {
    "real": "real nodule",
    "background": "background",
    "synthetic": "own genes",
    "swapped": "another’s genes",
}
UNTOLD = {"real": ROWS["real"], "background": ROWS["background"], "synthetic": "synthetic"}
OUTLINE = "#e8c23a"


@styled
def nodule_examples(examples: Slices, *, model: str, conditioned: bool, name: str) -> Figure:
    """Draw a column per patient.

    Parameters
    ----------
    examples
        As `Judgement.examples`.
    model
        Name of the model.
    conditioned
        Whether it is told genes; without, there is nothing to exchange.
    name
        Name of the figure.
    """
    shown = ROWS if conditioned else UNTOLD
    kinds = examples.table["kind"].to_numpy()
    patients = list(dict.fromkeys(examples.patients))
    drawing = Drawing(figsize=(1.2 * len(patients) + 1.2, 1.25 * len(shown)))
    panels = drawing.subplots(len(shown), len(patients), squeeze=False)
    for row, (kind, text) in enumerate(shown.items()):
        for column, patient in enumerate(patients):
            [place] = np.flatnonzero((kinds == kind) & (examples.patients == patient))
            axes, mask = panels[row, column], examples.masks[place]
            axes.imshow(examples.images[place], cmap="gray", vmin=-1, vmax=1, interpolation="none")
            if mask.any():
                axes.contour(mask, [0.5], colors=OUTLINE, linewidths=0.8)
            axes.set(xticks=[], yticks=[])
            axes.spines[:].set_visible(False)
        panels[row, 0].set_ylabel(text, fontsize=8, color=INK)
    for axes, patient in zip(panels[0], patients, strict=True):
        axes.set_title(patient, fontsize=8)
    features = measure_nodules(examples.images, examples.masks, examples.pixel_mm)
    table = examples.table[["patient_id", "kind", "genes_of"]].join(features)
    size = table.pivot(index="patient_id", columns="kind", values="size").loc[patients]
    ends = (size["synthetic"].iloc[place] for place in (0, -1))
    told = " from genes and background" if conditioned else " from the background alone"
    return Figure(
        name=name,
        title=f"{model}: held-out patients, and what the model made{told}",
        finding=(
            f"From the patient with the smallest nodule to the one with the largest ({size['real'].iloc[0]:.0f} and "
            f"{size['real'].iloc[-1]:.0f} mm), synthetic ones go from {' to '.join(map(_length, ends))}."
        ),
        alternative=f"{len(shown)} rows, {', '.join(shown.values())}; {len(patients)} columns, one for each patient.",
        reading=(
            "Patients are ordered by the size of their real nodule, and evenly chosen by rank, not by looks. Yellow: "
            "the mask, of the real nodule drawn by a reader or planted, of a synthetic one made by the model. All "
            "synthetic slices have the same noise."
            + (" In the last row the genes are those of the next patient." if conditioned else "")
        ),
        table=table,
        drawing=drawing,
    )


def _length(size: float) -> str:
    return "none" if np.isnan(size) else f"{size:.0f} mm"
