"""Real and synthetic tiles of the same slides, measured."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import torch

from syncohort.core.splits import TRAIN
from syncohort.histology.cells import CellMeter
from syncohort.histology.gan import draw_tiles
from syncohort.histology.metrics import CELLS
from syncohort.histology.steering import OWN, SWAPPED, ZEROED
from syncohort.histology.store import TileStore
from syncohort.histology.tile_generator import TrainedTileGenerator
from syncohort.histology.tile_set import TileTable
from syncohort.training.task import RandomStream

# A classifier learns from as many tiles of each training slide, so that its tiles are of many slides.
TRAINING_TILES_PER_SLIDE = 16


@dataclass(frozen=True)
class Side:
    """Tiles of some slides, real or synthetic.

    Parameters
    ----------
    slides, tissues
        (tiles,) slide and tissue of each.
    images
        (tiles, size, size, 3) uint8.
    measured
        (tiles, measurements) what `CellMeter` finds in them.
    features
        Name of an extractor → (tiles, dimensions) what it makes of them.
    """

    slides: np.ndarray
    tissues: np.ndarray
    images: np.ndarray
    measured: pd.DataFrame
    features: Mapping[str, np.ndarray] = field(default_factory=dict)

    def by_slide(self) -> pd.DataFrame:
        """Mean measurements of every slide."""
        return self.measured.groupby(self.slides).mean()

    @property
    def spaces(self) -> dict[str, np.ndarray]:
        """Spaces in which tiles are compared: (tiles, dimensions) each, the measurements first."""
        return {CELLS: self.measured.to_numpy(), **self.features}


@dataclass(frozen=True)
class Examiner:
    """Measures tiles and extracts their features, real and synthetic alike.

    Parameters
    ----------
    meter
        Counts and measures cells.
    extractors
        Name → function of tiles (tiles, size, size, 3) uint8 that gives (tiles, dimensions).
    """

    meter: CellMeter
    extractors: Mapping[str, Callable[[np.ndarray], np.ndarray]] = field(default_factory=dict)

    def examine(self, slides: np.ndarray, tissues: np.ndarray, images: np.ndarray) -> Side:
        """Make a side of tiles."""
        features = {name: extract(images) for name, extract in self.extractors.items()}
        return Side(slides, tissues, images, self.meter.measure(images), features)


def real_side(table: TileTable, role: str, store: TileStore, examiner: Examiner, per_slide: int) -> Side:
    """Read and examine real tiles of the slides of a role, at most `per_slide` of each."""
    tiles = table.of(role).groupby("slide_id").head(per_slide)
    return examiner.examine(tiles["slide_id"].to_numpy(), tiles["tissue"].to_numpy(), store.read(tiles["tile_id"]))


def synthetic_side(
    table: TileTable,
    role: str,
    generator: TrainedTileGenerator,
    examiner: Examiner,
    per_slide: int,
    seed: int,
    device: torch.device,
    profile: str = OWN,
) -> Side:
    """Make and examine tiles of the slides of a role, equally many of each.

    Parameters
    ----------
    table
        Tiles with their codes, of which each slide's is taken.
    role
        Role in the split.
    generator
        The generator.
    examiner
        Examines the tiles.
    per_slide
        Tiles of each slide; of training slides 16 at most.
    seed
        Seed of the noise, which is the same whatever the profile.
    device
        Device to compute on.
    profile
        `own` for the slide's own code, `swapped` for that of the slide's `donors`, `zeroed` for the mean code of the
        training slides.
    """
    slides = slides_of(table, role)
    number = min(per_slide, TRAINING_TILES_PER_SLIDE) if role == TRAIN else per_slide
    told = generator.scaler.transform(table.codes[slides["code"]])
    if profile == SWAPPED:
        told = told[slides.index.get_indexer(donors(table, role, seed))]
    if profile == ZEROED:
        told = np.zeros_like(told)
    told = np.repeat(told, number, axis=0)
    images = draw_tiles(generator.network(device), told, RandomStream(seed, device))
    names, tissues = (values.repeat(number) for values in (slides.index.to_numpy(), slides["tissue"].to_numpy()))
    return examiner.examine(names, tissues, images)


def slides_of(table: TileTable, role: str) -> pd.DataFrame:
    """Slides of a role by `slide_id`, each with `patient_id`, `tissue` and `code`."""
    return table.of(role).drop_duplicates("slide_id").set_index("slide_id")[["patient_id", "tissue", "code"]]


def donors(table: TileTable, role: str, seed: int) -> pd.Series:
    """Give every slide of a role another patient's slide, whose profile it is told where profiles are swapped.

    The other patient is drawn among those with the same tissue, so that swapping exchanges patients and not tissues;
    where nobody else has it, among all. A role of one patient swaps nothing.

    Returns
    -------
    Series
        Slide → slide of the donor.
    """
    slides, rng = slides_of(table, role), np.random.default_rng(seed)
    first = {tissue: rows.groupby("patient_id").head(1) for tissue, rows in slides.groupby("tissue")}
    found = {}
    for tissue, rows in slides.groupby("tissue"):
        pool = first[tissue] if len(first[tissue]) > 1 else slides.groupby("patient_id").head(1)
        pool = pool.iloc[rng.permutation(len(pool))]
        places = dict(zip(pool["patient_id"], range(len(pool)), strict=True))
        for slide, patient in rows["patient_id"].items():
            found[slide] = pool.index[(places[patient] + 1) % len(pool)]
    return pd.Series(found).loc[slides.index]
