"""Cutting of slides into tiles: a grid at one resolution, on tissue, in focus, at most so many of each slide."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image

from syncohort.core.errors import InputError
from syncohort.core.seeding import derive_seed
from syncohort.histology.store import writing_tiles
from syncohort.histology.tissue import measure_quality, tissue_mask
from syncohort.sources.slides.slide import Slide
from syncohort.sources.volumes.cohort import included_subjects

logger = logging.getLogger("syncohort")

KEPT = "kept"
NO_TISSUE, LOW_CONTRAST, BLURRED, ENOUGH = "little tissue", "low contrast", "blurred", "enough tiles"
# Where tissue is looked for, µm per pixel, and the least tiles' side in such pixels.
MASK_MICRONS, MASK_PIXELS = 8.0, 8
# A slide may be this much coarser than the tiles without being enlarged to the eye.
COARSER = 1.1
COLUMNS = [
    *("tile_id", "slide_id", "patient_id", "tissue", "status", "reason"),
    *("x", "y", "tissue_share", "contrast", "sharpness"),
]


@dataclass(frozen=True)
class Candidate:
    """A place of the grid.

    Parameters
    ----------
    x, y
        Top left corner in pixels of the slide's finest level; 0 for a ready tile.
    tissue_share
        Share of the tile that is tissue; missing for a ready tile, where nobody looked.
    read
        Gives the tile, (size, size, 3) uint8; None where there is too little tissue to look at.
    """

    x: int
    y: int
    tissue_share: float
    read: Callable[[], np.ndarray] | None


def cut_tiles(manifest: pd.DataFrame, settings: dict[str, Any], ready: bool, seed: int, path: Path) -> pd.DataFrame:
    """Cut all included images of a manifest into tiles and write those that are kept.

    Parameters
    ----------
    manifest
        The table of `read_image_cohort`.
    settings
        The complete mapping `histology.tile`.
    ready
        Whether the images are tiles already, which are brought to the size and checked.
    seed
        Seed of the order in which places of a slide are looked at; a slide's own order depends on no other slide.
    path
        The archive of tiles, as `TileStore` reads it.

    Returns
    -------
    DataFrame
        `COLUMNS`, one row per place of the grid: kept, or rejected and why. What was not measured is empty.

    Raises
    ------
    InputError
        When a slide has no tissue or no tile that can be kept, or is coarser than the tiles are to be.
    """
    rows: list[dict[str, Any]] = []
    with writing_tiles(path) as writer:
        for slide_id, images in included_subjects(manifest).groupby("slide_id", sort=True):
            rng = np.random.default_rng(derive_seed(seed, slide_id))
            own, kept = [], 0
            for candidate in _ready_tiles(images, settings, rng) if ready else _places(images.iloc[0], settings, rng):
                row, tile = _judge(candidate, settings, kept)
                if row["status"] == KEPT:
                    kept += 1
                    row["tile_id"] = f"{slide_id}_{kept:05d}"
                    writer.add(row["tile_id"], tile)
                own.append({"slide_id": slide_id, **images.iloc[0][["patient_id", "tissue"]], **row})
            if not kept:
                raise InputError(_tell(slide_id, own))
            rows += own
    tiles = pd.DataFrame(rows, columns=COLUMNS)
    logger.info("%d tiles kept of %d places; %s", (tiles["status"] == KEPT).sum(), len(tiles), _reasons(tiles))
    return tiles


def kept_tiles(tiles: pd.DataFrame) -> pd.DataFrame:
    """Give the rows of the tiles that are in the archive."""
    return tiles[tiles["status"] == KEPT].reset_index(drop=True)


def _places(image: pd.Series, settings: dict[str, Any], rng: np.random.Generator) -> Iterator[Candidate]:
    """Give the places of a slide's grid, those with enough tissue read, in a random order."""
    size, microns = settings["size"], settings["microns_per_pixel"]
    with Slide.open(Path(image["path"]), image["microns_per_pixel"]) as slide:
        if slide.microns_per_pixel > COARSER * microns:
            raise InputError(
                f"The slide {image['slide_id']} has {slide.microns_per_pixel:g} µm per pixel, coarser than the tiles "
                f"are to be. Raise histology.tile.microns_per_pixel (now {microns:g}), or exclude the slide."
            )
        extent = size * microns / slide.microns_per_pixel
        shares = _tissue_shares(slide, extent)
        for place in rng.permutation(shares.size):
            row, column = divmod(int(place), shares.shape[1])
            corner = round(column * extent), round(row * extent)
            share = float(shares[row, column])
            enough = share >= settings["least_tissue"]
            yield Candidate(*corner, share, partial(slide.tile, *corner, size, microns) if enough else None)


def _tissue_shares(slide: Slide, extent: float) -> np.ndarray:
    """Share of tissue in every whole tile of the grid, (rows, columns)."""
    columns, rows = (max(0, int(length / extent + 1e-6)) for length in slide.shape)
    if not rows or not columns:
        raise InputError(
            f"{slide.path} has {slide.shape[0]}×{slide.shape[1]} pixels, less than one tile of {extent:.0f}. Lower "
            "histology.tile.size, or exclude the slide."
        )
    mask = tissue_mask(slide.thumbnail(min(MASK_MICRONS, extent * slide.microns_per_pixel / MASK_PIXELS)))
    edges = [
        np.rint(np.arange(number + 1) * extent * here / whole).astype(int)
        for number, here, whole in zip((rows, columns), mask.shape, slide.shape[::-1], strict=True)
    ]
    sums = np.pad(mask.cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))[np.ix_(*edges)]
    areas = np.outer(*map(np.diff, edges))
    return np.diff(np.diff(sums, axis=0), axis=1) / areas


def _ready_tiles(images: pd.DataFrame, settings: dict[str, Any], rng: np.random.Generator) -> Iterator[Candidate]:
    """Give the ready tiles of a slide, in a random order."""
    for place in rng.permutation(len(images)):
        yield Candidate(0, 0, np.nan, partial(_read_ready, images["path"].iloc[place], settings["size"]))


def _read_ready(path: str, size: int) -> np.ndarray:
    """Read a ready tile in the size wanted: the greatest square in its middle, so that nothing is stretched."""
    with Image.open(path) as image:
        tile = image.convert("RGB")
    side = min(tile.size)
    left, top = ((length - side) // 2 for length in tile.size)
    tile = tile.crop((left, top, left + side, top + side))
    return np.asarray(tile if side == size else tile.resize((size, size), Image.Resampling.LANCZOS))


def _judge(candidate: Candidate, settings: dict[str, Any], kept: int) -> tuple[dict[str, Any], np.ndarray | None]:
    """Describe a place and decide on it; where it was looked at, give the tile as well."""
    row = {"x": candidate.x, "y": candidate.y, "tissue_share": candidate.tissue_share, "status": "rejected"}
    if candidate.read is None:
        return {**row, "reason": NO_TISSUE}, None
    if kept >= settings["per_slide"]:
        return {**row, "reason": ENOUGH}, None
    tile = candidate.read()
    quality = measure_quality(tile)
    row |= vars(quality)
    if quality.contrast < settings["least_contrast"]:
        return {**row, "reason": LOW_CONTRAST}, tile
    if quality.sharpness < settings["least_sharpness"]:
        return {**row, "reason": BLURRED}, tile
    return {**row, "status": KEPT, "reason": ""}, tile


def _tell(slide_id: str, rows: list[dict[str, Any]]) -> str:
    return (
        f"No tile of the slide {slide_id} can be kept: {_reasons(pd.DataFrame(rows))}, of {len(rows)} places. Leave "
        f"the slide out with histology.exclude: [{slide_id}], or lower the limits in histology.tile."
    )


def _reasons(tiles: pd.DataFrame) -> str:
    counts = tiles.loc[tiles["status"] != KEPT, "reason"].value_counts()
    return ", ".join(f"{number} {reason}" for reason, number in counts.items()) or "none rejected"
