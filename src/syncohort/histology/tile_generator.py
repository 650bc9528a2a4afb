"""Training of a generator of tiles, and the trained one as a file: code or profile in, tiles out."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from safetensors.torch import load_file, save

from syncohort.core.errors import InputError
from syncohort.core.io import read_json, write_bytes, write_json
from syncohort.core.splits import TRAIN, VALIDATION
from syncohort.histology.cells import CellMeter
from syncohort.histology.conditioning import CodeScaler
from syncohort.histology.gan import TileGan, TileGenerator, draw_tiles
from syncohort.histology.store import TileStore
from syncohort.histology.tile_distance import TileDistance
from syncohort.histology.tile_set import Images, TileTable
from syncohort.training.device import choose_precision
from syncohort.training.job import Job
from syncohort.training.task import RandomStream
from syncohort.training.trainer import Trained
from syncohort.training.weights import weights_of

# A look should cost a small part of the steps between two of them.
MOST_VALIDATION_TILES, MOST_MEASURED_TILES = 256, 512


@dataclass(frozen=True)
class TrainedTileGenerator:
    """A generator with what is needed to use it.

    Parameters
    ----------
    weights
        Weights by name: `generator.…`, `critic.…`, and `scaler.…` of the codes.
    settings
        Settings of the model.
    size
        Pixels along each side of a tile.
    meter
        Threshold and resolution by which its tiles are measured.
    """

    weights: dict[str, torch.Tensor]
    settings: dict[str, Any]
    size: int
    meter: CellMeter

    @property
    def scaler(self) -> CodeScaler:
        """From codes to what the generator is told."""
        return CodeScaler.from_arrays(self.weights)

    def network(self, device: torch.device) -> TileGenerator:
        """Build the network with its weights, ready to use."""
        generator = TileGenerator(self.scaler.axes.shape[1], self.size, self.settings)
        generator.load_state_dict(weights_of("generator", self.weights))
        return generator.to(device).eval().requires_grad_(False)

    def generate(self, codes: np.ndarray, seed: int, device: torch.device) -> np.ndarray:
        """Draw a tile for each code, (tiles, dimensions) as the autoencoder gives it: (tiles, size, size, 3) uint8."""
        told = self.scaler.transform(codes)
        return draw_tiles(self.network(device), told, RandomStream(seed, device))

    def save(self, weights_path: str | Path, description_path: str | Path, record: dict[str, Any]) -> None:
        """Write weights and description; `record` (provenance, course of the training) joins the latter."""
        write_bytes(save({name: value.cpu().contiguous() for name, value in self.weights.items()}), weights_path)
        description = {"settings": self.settings, "size": self.size, "meter": self.meter.to_json()}
        write_json({**description, **record}, description_path)

    @classmethod
    def load(cls, weights_path: str | Path, description_path: str | Path) -> Self:
        """Read what `save` wrote."""
        description = read_json(description_path)
        meter = CellMeter(**description["meter"])
        return cls(load_file(weights_path), description["settings"], description["size"], meter)


def train_tile_generator(
    table: TileTable,
    store: TileStore,
    microns_per_pixel: float,
    settings: dict[str, Any],
    data_sha256: str,
    job: Job,
) -> tuple[TrainedTileGenerator, Trained]:
    """Train a generator of tiles on the training patients of a split, going on from its checkpoint if there is one.

    Parameters
    ----------
    table
        Tiles with their roles and codes; those of the test fold are not looked at.
    store
        Images of the tiles.
    microns_per_pixel
        Size of a pixel of theirs.
    settings
        Settings of the model.
    data_sha256
        Checksum of tiles, splits and codes.
    job
        Where and how it runs.

    Returns
    -------
    generator
        The generator at its best look.
    trained
        The course of the training.

    Raises
    ------
    InputError
        When a part of the split has no tiles, training diverges, or another process trains in the folder.
    """
    device = job.device()
    settings = settings | {"precision": choose_precision(settings["precision"], device)}
    sides = {role: table.of(role) for role in (TRAIN, VALIDATION)}
    for role, tiles in sides.items():
        if tiles.empty:
            raise InputError(
                f"The {role} part of the split has no tile that can be used. Add slides, or lower splits.folds."
            )
    training = Images(store, sides[TRAIN]["tile_id"])
    scaler = _fit_scaler(table, sides[TRAIN]["code"].to_numpy(), settings)
    codes = [scaler.transform(table.codes[tiles["code"]]) for tiles in sides.values()]
    # One stream for what is measured, so that all models of a split are held against the same tiles.
    chosen = np.random.default_rng(0).permutation(len(training))[:MOST_MEASURED_TILES]
    meter = CellMeter.fit(training.take(chosen), microns_per_pixel)
    distance = validation_distance(store, sides[VALIDATION]["tile_id"].to_numpy(), codes[1], meter, job.seed, device)
    task = TileGan(training, codes[0], settings, distance, job.seed, device)
    trained = job.run(task, job.schedule(settings), device, settings=settings, data_sha256=data_sha256)
    arrays = {name: torch.from_numpy(value) for name, value in scaler.to_arrays().items()}
    generator = TrainedTileGenerator({**trained.weights, **arrays}, settings, training.size, meter)
    return generator, trained


def _fit_scaler(table: TileTable, rows: np.ndarray, settings: dict[str, Any]) -> CodeScaler:
    """Fix the scale of the codes by the training slides, each counted once."""
    codes = table.codes[np.unique(rows)]
    if not codes.shape[1]:
        return CodeScaler(np.zeros(0), np.zeros((0, 0)), 1.0)
    return CodeScaler.fit(codes, settings["components"])


def validation_distance(
    store: TileStore, names: np.ndarray, codes: np.ndarray, meter: CellMeter, seed: int, device: torch.device
) -> Any:
    """Give the function that measures a generator against validation tiles, told their codes, always the same noise."""
    chosen = np.random.default_rng(0).permutation(len(names))[:MOST_VALIDATION_TILES]
    real = TileDistance(meter, store.read(names[chosen]))
    return lambda generator: real.of(draw_tiles(generator, codes[chosen], RandomStream(seed, device)))
