"""Features of tiles by a network: one trained here on real training tiles, or one the user gives."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd
import torch
from safetensors.torch import load_file, save
from torch import nn

from syncohort.core.errors import InputError
from syncohort.core.io import read_json, write_bytes, write_json
from syncohort.core.splits import TRAIN
from syncohort.histology.feature_network import BATCH, FeatureNetwork, FeatureTask, as_input
from syncohort.histology.store import TileStore
from syncohort.histology.tile_set import Images, TileTable
from syncohort.training.job import Job
from syncohort.training.trainer import Trained

# Of the tiles of every slide one in five is kept for early stopping.
KEPT_EVERY = 5
# With fewer tiles than this of a slide a network learns to tell tiles by heart, not slides.
FEWEST_PER_SLIDE = 4


@dataclass(frozen=True)
class TrainedExtractor:
    """A trained `FeatureNetwork` with what is needed to use it.

    Parameters
    ----------
    weights
        Weights by name.
    settings
        The mapping `histology.extractor`.
    size
        Pixels along each side of a tile.
    trained_by
        `slide` or `tissue`: what it was taught to tell.
    """

    weights: dict[str, torch.Tensor]
    settings: dict[str, Any]
    size: int
    trained_by: str

    @property
    def note(self) -> str:
        """What a reader must know of distances by it."""
        return (
            f"{self.settings['dimensions']} features of a network trained to tell the {self.trained_by} of real "
            f"training tiles; tiles at their own size, {self.size} × {self.size}"
        )

    @torch.no_grad()
    def extract(self, tiles: np.ndarray) -> np.ndarray:
        """Give the features (tiles, dimensions) of tiles, (tiles, size, size, 3) uint8."""
        network = FeatureNetwork(self.size, len(self.weights["labels.bias"]), self.settings)
        network.load_state_dict(self.weights)
        network.eval()
        cpu = torch.device("cpu")
        parts = [network.embed(as_input(tiles[at : at + BATCH], cpu)) for at in range(0, len(tiles), BATCH)]
        return torch.cat(parts).numpy().astype(np.float64)

    def save(self, weights_path: str | Path, description_path: str | Path, record: dict[str, Any]) -> None:
        """Write weights and description; `record` (provenance, course of the training) joins the latter."""
        write_bytes(save({name: value.cpu().contiguous() for name, value in self.weights.items()}), weights_path)
        description = {"settings": self.settings, "size": self.size, "trained_by": self.trained_by}
        write_json({**description, **record}, description_path)

    @classmethod
    def load(cls, weights_path: str | Path, description_path: str | Path) -> Self:
        """Read what `save` wrote."""
        description = read_json(description_path)
        named = {key: description[key] for key in ("settings", "size", "trained_by")}
        return cls({name: value.cpu() for name, value in load_file(weights_path).items()}, **named)


def train_extractor(
    table: TileTable, store: TileStore, settings: dict[str, Any], data_sha256: str, job: Job
) -> tuple[TrainedExtractor, Trained]:
    """Train the network that judges the models of a split, on its real training tiles.

    It learns to tell which slide a tile is of, for which it must see what differs between slides; where slides have
    hardly any tiles, to tell the tissue.

    Parameters
    ----------
    table
        Tiles with their roles; those of the test fold are not looked at.
    store
        Images of the tiles.
    settings
        The mapping `histology.extractor`.
    data_sha256
        Checksum of tiles and splits.
    job
        Where and how it runs.
    """
    tiles, device = table.of(TRAIN), job.device()
    by = _label(tiles)
    labels = pd.factorize(tiles[by])[0]
    kept = (tiles.groupby(by).cumcount() % KEPT_EVERY == KEPT_EVERY - 1).to_numpy()
    if not kept.any():
        kept[-1] = True
    task = FeatureTask(Images(store, tiles["tile_id"]), labels, kept, settings, job.seed, device)
    trained = job.run(task, job.schedule(settings), device, settings=settings, data_sha256=data_sha256)
    extractor = TrainedExtractor(trained.weights, settings, task.images.size, by.removesuffix("_id"))
    return extractor, trained


def _label(tiles: pd.DataFrame) -> str:
    """Choose what a network can be trained by."""
    few = len(tiles) < FEWEST_PER_SLIDE * tiles["slide_id"].nunique()
    return "tissue" if few and tiles["tissue"].nunique() > 1 else "slide_id"


@dataclass(frozen=True)
class GivenExtractor:
    """A network of the user's, as TorchScript: (tiles, 3, size, size) in [0, 1] to (tiles, dimensions).

    Parameters
    ----------
    path
        Its file.
    size
        Pixels along each side that tiles are resized to for it.
    """

    path: Path
    size: int

    @property
    def note(self) -> str:
        """What a reader must know of distances by it."""
        return f"features of the network {self.path.name}; tiles resized to {self.size} × {self.size}, bilinear"

    @torch.no_grad()
    def extract(self, tiles: np.ndarray) -> np.ndarray:
        """Give the features (tiles, dimensions) of tiles, (tiles, size, size, 3) uint8.

        Raises
        ------
        InputError
            When the file is no TorchScript, takes no tiles, or gives anything but a row of numbers for each of them.
        """
        try:
            network = torch.jit.load(self.path, map_location="cpu").eval()
        except (OSError, RuntimeError, ValueError) as error:
            raise InputError(
                f"histology.extractor.weights names {self.path}, which is no network saved as TorchScript (torch.jit). "
                "Save it so, or leave weights out to have one trained."
            ) from error
        found = [self._features(network, tiles[at : at + BATCH]) for at in range(0, len(tiles), BATCH)]
        return np.concatenate(found)

    def inspect(self, seed: int) -> int:
        """Try the network on a white tile and one of noise, and give the number of its features.

        Parameters
        ----------
        seed
            Seed of the noise.

        Raises
        ------
        InputError
            As `extract`, or when both tiles have the same features.
        """
        noise = np.random.default_rng(seed).integers(0, 256, (self.size, self.size, 3), dtype=np.uint8)
        white, other = self.extract(np.stack([np.full_like(noise, 255), noise]))
        if np.array_equal(white, other):
            raise InputError(
                f"The network {self.path} (histology.extractor.weights) gives a white tile and one of noise the same "
                "features, so it tells no tiles apart. Save it with its weights, and before its last layer."
            )
        return len(white)

    def _features(self, network: nn.Module, tiles: np.ndarray) -> np.ndarray:
        images = torch.from_numpy(tiles).permute(0, 3, 1, 2).float() / 255
        size = (self.size, self.size)
        images = nn.functional.interpolate(images, size, mode="bilinear", align_corners=False, antialias=True)
        where = f"The network {self.path} (histology.extractor.weights)"
        try:
            features = network(images)
        except RuntimeError as error:
            reason = str(error).strip().splitlines()[-1]
            raise InputError(
                f"{where} takes no tiles of {self.size} × {self.size} pixels, ({len(tiles)}, 3, {self.size}, "
                f"{self.size}): {reason}. Set histology.extractor.size to what it takes, or save it anew."
            ) from error
        if not torch.is_tensor(features) or features.ndim != 2 or len(features) != len(tiles) or not features.numel():
            shape = tuple(features.shape) if torch.is_tensor(features) else type(features).__name__
            raise InputError(
                f"{where} gives {shape} for {len(tiles)} tiles, and must give features, ({len(tiles)}, dimensions)."
            )
        if not torch.isfinite(features).all():
            raise InputError(f"{where} gives features that are no finite numbers. Give one that was trained, in fp32.")
        return features.numpy().astype(np.float64)


def load_extractor(paths: Sequence[str], settings: Mapping[str, Any]) -> TrainedExtractor | GivenExtractor:
    """Open the network that judges tiles, trained or the user's, by the paths of its weights and its description."""
    if settings["weights"]:
        return GivenExtractor(Path(paths[0]), settings["size"])
    return TrainedExtractor.load(*paths)
