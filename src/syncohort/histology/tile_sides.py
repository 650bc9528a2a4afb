"""Real and synthetic tiles of the same slides, measured."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch

from syncohort.core.splits import TRAIN
from syncohort.histology.cells import CellMeter
from syncohort.histology.gan import draw_tiles
from syncohort.histology.store import TileStore
from syncohort.histology.tile_generator import TrainedTileGenerator
from syncohort.histology.tile_set import TileTable
from syncohort.training.task import RandomStream

# Tiles of a slide that are made and read at most: enough that their mean is that of the slide.
TILES_PER_SLIDE = 64
# Those that a classifier learns from are of many slides.
TRAINING_TILES_PER_SLIDE = 16
OWN, ZEROED = "own", "zeroed"


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
    """

    slides: np.ndarray
    tissues: np.ndarray
    images: np.ndarray
    measured: pd.DataFrame

    def by_slide(self) -> pd.DataFrame:
        """Mean measurements of every slide."""
        return self.measured.groupby(self.slides).mean()


def real_side(table: TileTable, role: str, store: TileStore, meter: CellMeter) -> Side:
    """Read and measure real tiles of the slides of a role."""
    tiles = table.of(role).groupby("slide_id").head(TILES_PER_SLIDE)
    images = store.read(tiles["tile_id"])
    return Side(tiles["slide_id"].to_numpy(), tiles["tissue"].to_numpy(), images, meter.measure(images))


def synthetic_side(
    table: TileTable,
    role: str,
    generator: TrainedTileGenerator,
    seed: int,
    device: torch.device,
    profile: str = OWN,
) -> Side:
    """Make and measure tiles of the slides of a role, equally many of each.

    Parameters
    ----------
    table
        Tiles with their codes, of which each slide's is taken.
    role
        Role in the split.
    generator
        The generator.
    seed
        Seed of the noise, which is the same whatever the profile.
    device
        Device to compute on.
    profile
        `own` for the slide's own code, `zeroed` for the mean code of the training slides.
    """
    slides = table.of(role).drop_duplicates("slide_id")
    number = TRAINING_TILES_PER_SLIDE if role == TRAIN else TILES_PER_SLIDE
    told = generator.scaler.transform(table.codes[slides["code"]])
    told = np.repeat(told if profile == OWN else np.zeros_like(told), number, axis=0)
    images = draw_tiles(generator.network(device), told, RandomStream(seed, device))
    slide, tissue = (slides[column].to_numpy().repeat(number) for column in ("slide_id", "tissue"))
    return Side(slide, tissue, images, generator.meter.measure(images))
