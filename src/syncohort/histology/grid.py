"""The grid of tiles on a slide: whether the slide holds any, and how much of each is tissue."""

from typing import Any

import numpy as np
import pandas as pd

from syncohort.core.errors import InputError
from syncohort.histology.tissue import tissue_mask
from syncohort.sources.slides.cohort import exclusion_of
from syncohort.sources.slides.slide import Slide

# Where tissue is looked for, µm per pixel, and the least tiles' side in such pixels.
MASK_MICRONS, MASK_PIXELS = 8.0, 8
# A slide may be this much coarser than the tiles without being enlarged to the eye.
COARSER = 1.1
# A tile may stick out by this share of itself: the size of a pixel is rounded in files.
ROUNDING = 1e-6


def refuse_unfit(slides: pd.DataFrame, settings: dict[str, Any]) -> None:
    """Refuse slides from which no tile can be cut, by what the manifest says of them.

    Parameters
    ----------
    slides
        `slide_id`, `width`, `height` and `microns_per_pixel` of every slide.
    settings
        The complete mapping `histology.tile`.

    Raises
    ------
    InputError
        When a slide is coarser than the tiles are to be, or smaller than one.
    """
    size, microns = settings["size"], settings["microns_per_pixel"]
    coarse = slides[slides["microns_per_pixel"] > COARSER * microns]
    if len(coarse):
        raise InputError(
            f"The slide {coarse['slide_id'].iloc[0]} has {coarse['microns_per_pixel'].iloc[0]:g} µm per pixel, coarser "
            f"than the tiles are to be ({microns:g}). Raise histology.tile.microns_per_pixel, or leave {len(coarse)} "
            f"such out with {exclusion_of(coarse['slide_id'])}."
        )
    sides, extent = slides[["width", "height"]], size * microns / slides["microns_per_pixel"]
    small = slides[sides.min(axis=1) / extent + ROUNDING < 1]
    if len(small):
        width, height = small[["width", "height"]].iloc[0]
        raise InputError(
            f"The slide {small['slide_id'].iloc[0]} has {width}×{height} pixels, and one tile of {size} × {microns:g} "
            f"µm needs {extent[small.index[0]]:.0f} of them along each side. Lower histology.tile.size, or "
            f"leave {len(small)} such out with {exclusion_of(small['slide_id'])}."
        )


def tissue_shares(slide: Slide, extent: float) -> np.ndarray:
    """Measure the share of tissue in every whole tile of a slide's grid.

    Parameters
    ----------
    slide
        An open slide that `refuse_unfit` lets pass.
    extent
        Pixels of the slide's finest level along each side of a tile.

    Returns
    -------
    numpy.ndarray
        (rows, columns) in [0, 1].
    """
    columns, rows = (int(length / extent + ROUNDING) for length in slide.shape)
    mask = tissue_mask(slide.thumbnail(min(MASK_MICRONS, extent * slide.microns_per_pixel / MASK_PIXELS)))
    edges = [
        np.rint(np.arange(number + 1) * extent * here / whole).astype(int)
        for number, here, whole in zip((rows, columns), mask.shape, slide.shape[::-1], strict=True)
    ]
    sums = np.pad(mask.cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))[np.ix_(*edges)]
    areas = np.outer(*map(np.diff, edges))
    return np.diff(np.diff(sums, axis=0), axis=1) / areas
