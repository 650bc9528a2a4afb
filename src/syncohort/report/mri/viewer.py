"""The slice viewer: every axial slice of a subject, real beside synthetic, in pictures that the page carries itself."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from syncohort.report.figures.figure import Download, embed
from syncohort.report.figures.montage import COLOURS, NAMES
from syncohort.report.mri.contents import Example

# So that a page stays light: pixels along a side, and slices.
MOST_PIXELS, MOST_SLICES = 128, 48


@dataclass(frozen=True)
class Viewer:
    """What the page needs to show the slices.

    Parameters
    ----------
    name
        Prefix of its ids.
    slices
        Number of slices.
    start
        Slice to begin with, through the middle of the tumour.
    modalities
        Name → title.
    sheets
        `real` and `synthetic` → name of the modality → one picture with all slices below each other.
    overlay
        The label in the same places, transparent where there is none.
    ratio
        Width over height of a slice in millimetres.
    """

    name: str
    slices: int
    start: int
    modalities: dict[str, str]
    sheets: dict[str, dict[str, Download]]
    overlay: Download
    ratio: float


def make_viewer(example: Example, name: str) -> Viewer:
    """Make the viewer of a held-out subject and its counterpart."""
    real = example.real
    depth, rows, columns = real.label.shape
    places = np.unique(np.linspace(0, depth - 1, min(depth, MOST_SLICES)).round().astype(int))
    step = -(-max(rows, columns) // MOST_PIXELS)
    modalities = real.description["channels"][:-2]

    def pick(volume: np.ndarray) -> np.ndarray:
        # As in the montage: front above, the patient's right on the left.
        return np.asarray(volume)[places, ::-1, ::-1][:, ::step, ::step]

    sheets = {
        kind: {
            modality: _sheet(_grey(pick(image)), f"{name}-{kind}-{modality}.png")
            for modality, image in zip(modalities, subject.images, strict=False)
        }
        for kind, subject in (("real", real), ("synthetic", example.synthetic))
    }
    middle = np.argwhere(real.label)[:, 0].mean()
    return Viewer(
        name=name,
        slices=len(places),
        start=int(np.abs(places - middle).argmin()),
        modalities={modality: NAMES[modality] for modality in modalities},
        sheets=sheets,
        overlay=_sheet(_coloured(pick(real.label)), f"{name}-label.png"),
        ratio=float(columns * real.spacing[2] / (rows * real.spacing[1])),
    )


def _grey(slices: np.ndarray) -> np.ndarray:
    return np.rint((slices.astype(np.float32).clip(-1, 1) + 1) * 127.5).astype(np.uint8)


def _coloured(labels: np.ndarray) -> np.ndarray:
    colours = np.zeros((max(COLOURS) + 1, 4), dtype=np.uint8)
    for number, colour in COLOURS.items():
        colours[number] = [*bytes.fromhex(colour[1:]), 150]
    return colours[labels]


def _sheet(slices: Sequence[np.ndarray], name: str) -> Download:
    """Put slices below each other in one PNG; equal slices give equal bytes."""
    content = io.BytesIO()
    Image.fromarray(np.concatenate(slices)).save(content, format="PNG", optimize=True)
    return embed(content.getvalue(), name)
