"""A montage: all modalities on three planes through a tumour, real beside synthetic, and the label that both show."""

import numpy as np
import pandas as pd
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure as Drawing

from syncohort.mri.similarity import compare_images
from syncohort.report.figures.figure import INK, Figure, styled
from syncohort.report.mri.contents import Example
from syncohort.report.wording import decimal
from syncohort.sources.volumes.labels import ENHANCING, NECROSIS, OEDEMA

PLANES = ("axial", "coronal", "sagittal")
COLOURS = {NECROSIS: "#c8443c", OEDEMA: "#3f9d5f", ENHANCING: "#e8c23a"}
OVERLAY = ListedColormap(["#00000000", *(COLOURS[number] for number in sorted(COLOURS))])
NAMES = {"t1": "T1", "t1ce": "T1 contrast", "t2": "T2", "flair": "FLAIR"}


@styled
def montage(example: Example, *, model: str, name: str) -> Figure:
    """Draw a held-out subject and its counterpart.

    Parameters
    ----------
    example
        The subject.
    model
        Name of the model.
    name
        Name of the figure.
    """
    real, synthetic = example.real, example.synthetic
    modalities = real.description["channels"][:-2]
    middle = tumour_middle(real.label)
    planes = planes_of(real.label.shape)
    drawing = Drawing(figsize=(1.25 * (len(modalities) + 1) + 0.5, 1.3 * 2 * len(planes)))
    panels = drawing.subplots(2 * len(planes), len(modalities) + 1, squeeze=False)
    for place, (axis, plane) in enumerate(planes.items()):
        label = cut(real.label, axis, middle)
        for row, (subject, kind) in enumerate(((real, "real"), (synthetic, "synthetic"))):
            line = panels[2 * place + row]
            for axes, image in zip(line, subject.images, strict=False):
                _show(axes, cut(image, axis, middle), real, axis)
            _show(line[-1], cut(subject.images[-1], axis, middle), real, axis)
            line[-1].imshow(
                label, cmap=OVERLAY, vmin=0, vmax=3, alpha=0.75, interpolation="none", aspect=_aspect(real, axis)
            )
            line[0].set_ylabel(f"{plane}, {kind}", fontsize=8, color=INK)
    for axes, title in zip(panels[0], [*(NAMES[one] for one in modalities), "label"], strict=True):
        axes.set_title(title, fontsize=9)
    table = pd.DataFrame(compare_images(real, np.asarray(synthetic.images)))
    brain = table[table["region"] == "brain"]
    return Figure(
        name=name,
        title=f"{model}: a held-out patient, and what the model made of the label",
        finding=(
            f"The images of {real.description['subject_id']} and those made from its label have a structural "
            f"similarity of {decimal(brain['ssim'].min(), 2)} to {decimal(brain['ssim'].max(), 2)} in the brain, "
            "depending on the modality."
        ),
        alternative=(
            f"{2 * len(planes)} rows: {', '.join(planes.values())} plane, each real and synthetic. {len(modalities)} "
            "columns of modalities, and one with the tumour label laid over the last of them."
        ),
        reading=(
            "The planes go through the middle of the tumour; the patient was chosen by name, not by looks. Red: "
            "necrosis and non-enhancing core, green: oedema, yellow: enhancing tumour. Anatomy is alike because the "
            "label tells tissue as well. The table has the scores of this patient."
        ),
        table=table,
        drawing=drawing,
    )


def planes_of(shape: tuple[int, ...]) -> dict[int, str]:
    """Name the planes of a volume (z, y, x) by the axis they cut; a single slice has one."""
    return {axis: plane for axis, plane in enumerate(PLANES) if min(shape[:axis] + shape[axis + 1 :]) > 1}


def tumour_middle(label: np.ndarray) -> list[int]:
    """Give the voxel in the middle of a tumour, along (z, y, x)."""
    return [round(place) for place in np.argwhere(label).mean(axis=0)]


def cut(volume: np.ndarray, axis: int, middle: list[int]) -> np.ndarray:
    """Cut a plane, up or front above and the patient's right on the left, as radiologists look."""
    plane = np.asarray(volume.take(middle[axis], axis=axis), dtype=np.float32)
    # Rows run up or to the front; columns to the right or to the front.
    return plane[::-1, ::-1] if axis < 2 else plane[::-1]


def _show(axes, plane: np.ndarray, subject, axis: int) -> None:
    axes.imshow(plane, cmap="gray", vmin=-1, vmax=1, interpolation="none", aspect=_aspect(subject, axis))
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_visible(False)


def _aspect(subject, axis: int) -> float:
    """Height of a voxel over its width in a plane."""
    rows, columns = [size for place, size in enumerate(subject.spacing) if place != axis]
    return float(rows / columns)
