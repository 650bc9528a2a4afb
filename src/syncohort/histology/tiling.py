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
from syncohort.histology.grid import refuse_unfit, tissue_shares
from syncohort.histology.store import writing_tiles
from syncohort.histology.tissue import measure_quality
from syncohort.sources.slides.cohort import exclusion_of
from syncohort.sources.slides.slide import Slide
from syncohort.sources.volumes.cohort import included_subjects

logger = logging.getLogger("syncohort")

KEPT = "kept"
NO_TISSUE, LOW_CONTRAST, BLURRED, ENOUGH = "little tissue", "low contrast", "blurred", "enough tiles"
COLUMNS = [
    *("tile_id", "slide_id", "patient_id", "tissue", "status", "reason"),
    *("x", "y", "microns_per_pixel", "tissue_share", "contrast", "sharpness"),
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
        When a slide is coarser than the tiles are to be, or smaller than one, before anything is cut; or when a slide
        is damaged, or has no tissue or no tile that can be kept.
    """
    included = included_subjects(manifest)
    if not ready:
        refuse_unfit(included, settings)
    rows, without = [], {}
    with writing_tiles(path) as writer:
        for slide_id, images in included.groupby("slide_id", sort=True):
            own = []
            for row, tile in _cut_slide(slide_id, images, settings, ready, seed):
                if row["status"] == KEPT:
                    writer.add(row["tile_id"], tile)
                own.append(row)
            rows += own
            if all(row["status"] != KEPT for row in own):
                without[slide_id] = f"{_reasons(pd.DataFrame(own))}, of {len(own)} places"
                logger.warning("no tile of the slide %s can be kept: %s", slide_id, without[slide_id])
        if without:
            raise InputError(_tell(without))
    tiles = pd.DataFrame(rows, columns=COLUMNS)
    logger.info("%d tiles kept of %d places; %s", (tiles["status"] == KEPT).sum(), len(tiles), _reasons(tiles))
    return tiles


def _cut_slide(
    slide_id: str, images: pd.DataFrame, settings: dict[str, Any], ready: bool, seed: int
) -> Iterator[tuple[dict[str, Any], np.ndarray | None]]:
    """Describe and judge all places of a slide; where one was looked at, give the tile as well."""
    rng = np.random.default_rng(derive_seed(seed, slide_id))
    same = {"slide_id": slide_id, **images.iloc[0][["patient_id", "tissue"]]}
    same["microns_per_pixel"] = _pixel_size(images.iloc[0], settings, ready)
    kept = 0
    try:
        for candidate in _ready_tiles(images, settings, rng) if ready else _places(images.iloc[0], settings, rng):
            row, tile = _judge(candidate, settings, kept)
            if row["status"] == KEPT:
                kept += 1
                row["tile_id"] = f"{slide_id}_{kept:05d}"
            yield same | row, tile
    except InputError as error:
        exclusion = exclusion_of([slide_id])
        raise InputError(f"Slide {slide_id}: {error}. Mend it, or leave it out with {exclusion}.") from error


def kept_tiles(tiles: pd.DataFrame) -> pd.DataFrame:
    """Give the rows of the tiles that are in the archive."""
    return tiles[tiles["status"] == KEPT].reset_index(drop=True)


def pixel_size(tiles: pd.DataFrame) -> float:
    """Size of a pixel of the tiles, µm, which all share."""
    return float(tiles["microns_per_pixel"].iloc[0])


def _pixel_size(image: pd.Series, settings: dict[str, Any], ready: bool) -> float:
    """Size of a pixel of an image's tiles; of ready tiles that do not tell theirs, as in the settings."""
    if not ready or pd.isna(image["microns_per_pixel"]):
        return settings["microns_per_pixel"]
    return image["microns_per_pixel"] * min(image["width"], image["height"]) / settings["size"]


def _places(image: pd.Series, settings: dict[str, Any], rng: np.random.Generator) -> Iterator[Candidate]:
    """Give the places of a slide's grid, those with enough tissue read, in a random order."""
    size, microns = settings["size"], settings["microns_per_pixel"]
    with Slide.open(Path(image["path"]), image["microns_per_pixel"]) as slide:
        extent = size * microns / slide.microns_per_pixel
        shares = tissue_shares(slide, extent)
        for place in rng.permutation(shares.size):
            row, column = divmod(int(place), shares.shape[1])
            corner = round(column * extent), round(row * extent)
            share = float(shares[row, column])
            enough = share >= settings["least_tissue"]
            yield Candidate(*corner, share, partial(slide.tile, *corner, size, microns) if enough else None)


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


def _tell(without: dict[str, str]) -> str:
    slide, reasons = next(iter(without.items()))
    others = f" {len(without) - 1} more slides have none either, all in the log." if len(without) > 1 else ""
    return (
        f"No tile of the slide {slide} can be kept: {reasons}. Leave it out with {exclusion_of(without)}, or lower the "
        f"limits in histology.tile.{others}"
    )


def _reasons(tiles: pd.DataFrame) -> str:
    counts = tiles.loc[tiles["status"] != KEPT, "reason"].value_counts()
    return ", ".join(f"{number} {reason}" for reason, number in counts.items()) or "none rejected"
