"""A network that learns to tell slides or tissues apart, and so what to look at in a tile; and its training."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import nn

from syncohort.histology.dcgan import SLOPE, doublings
from syncohort.histology.tile_set import Images
from syncohort.training.batches import Batches
from syncohort.training.task import RandomStream, Stateful

# Tiles that go through a network at once where nothing is learnt.
BATCH = 64


class FeatureNetwork(nn.Module):
    """Tiles to features, and features to the label they are trained by.

    Parameters
    ----------
    size
        Pixels along each side.
    labels
        Number of labels.
    settings
        The mapping `histology.extractor`.
    """

    def __init__(self, size: int, labels: int, settings: Mapping[str, Any]) -> None:
        super().__init__()
        parts: list[nn.Module] = []
        channels, width = 3, settings["width"]
        for _ in range(doublings(size)):
            parts += [nn.Conv2d(channels, width, 4, 2, 1, bias=False), nn.BatchNorm2d(width), nn.LeakyReLU(SLOPE)]
            channels, width = width, 2 * width
        self.layers = nn.Sequential(*parts)
        self.features = nn.Linear(channels, settings["dimensions"])
        self.labels = nn.Linear(settings["dimensions"], labels)

    def embed(self, tiles: torch.Tensor) -> torch.Tensor:
        """Give the features (tiles, dimensions) of tiles (tiles, 3, size, size) in [−1, 1]."""
        return self.features(self.layers(tiles).mean(dim=(2, 3)))

    def forward(self, tiles: torch.Tensor) -> torch.Tensor:
        """Give the logits (tiles, labels)."""
        return self.labels(nn.functional.leaky_relu(self.embed(tiles), SLOPE))


class FeatureTask:
    """The training of a `FeatureNetwork`, a `Task` of the Trainer.

    Parameters
    ----------
    images
        Training tiles.
    labels
        (tiles,) label of each, from 0.
    kept
        (tiles,) those that do not train but decide when to stop.
    settings
        The mapping `histology.extractor`.
    seed
        Seed of weights and minibatches.
    device
        Device to train on.
    """

    def __init__(
        self,
        images: Images,
        labels: np.ndarray,
        kept: np.ndarray,
        settings: Mapping[str, Any],
        seed: int,
        device: torch.device,
    ) -> None:
        self.images, self.labels, self.device = images, torch.from_numpy(labels), device
        self.trained, self.kept = np.flatnonzero(~kept), np.flatnonzero(kept)
        torch.manual_seed(seed)  # the only way to seed the initial weights
        with device:
            self.network = FeatureNetwork(images.size, int(labels.max()) + 1, settings)
        self.optimiser = torch.optim.AdamW(self.network.parameters(), lr=settings["learning_rate"], fused=True)
        self.draws = RandomStream(seed, torch.device("cpu"))
        self.batches = Batches(len(self.trained), settings["batch_size"], self.draws)

    def parts(self) -> dict[str, Stateful]:
        """Everything that changes while training."""
        return {
            "network": self.network,
            "optimiser": self.optimiser,
            "draws": self.draws,
            "batches": self.batches,
        }

    def step(self) -> dict[str, torch.Tensor]:
        """Learn from one minibatch, turned and mirrored."""
        turns, mirrored = divmod(int(self.draws.integers(8, 1)), 2)
        tiles, labels = self._take(self.trained[self.batches.draw().numpy()])
        tiles = torch.rot90(tiles.flip(3) if mirrored else tiles, turns, (2, 3))
        loss = nn.functional.cross_entropy(self.network.train()(tiles), labels)
        self.optimiser.zero_grad()
        loss.backward()
        self.optimiser.step()
        return {"loss": loss.detach()}

    @torch.no_grad()
    def monitor(self) -> float:
        """Cross-entropy of the tiles that do not train."""
        self.network.eval()
        losses = []
        for start in range(0, len(self.kept), BATCH):
            tiles, labels = self._take(self.kept[start : start + BATCH])
            losses.append(nn.functional.cross_entropy(self.network(tiles), labels, reduction="none"))
        return float(torch.cat(losses).mean())

    def weights(self) -> dict[str, torch.Tensor]:
        """Weights of the network."""
        return self.network.state_dict()

    def _take(self, rows: np.ndarray) -> tuple[torch.Tensor, torch.Tensor]:
        return as_input(self.images.take(rows), self.device), self.labels[rows].to(self.device)


def as_input(tiles: np.ndarray, device: torch.device) -> torch.Tensor:
    """Give tiles, (tiles, size, size, 3) uint8, as (tiles, 3, size, size) in [−1, 1]."""
    return torch.from_numpy(tiles).to(device).permute(0, 3, 1, 2).float() / 127.5 - 1
