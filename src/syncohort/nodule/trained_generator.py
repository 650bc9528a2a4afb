"""A trained generator as a file users can keep: safetensors for the weights, JSON for everything else."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from safetensors.torch import load_file, save

from syncohort.core.io import read_json, write_bytes, write_json
from syncohort.nodule.generator_network import GeneGenerator
from syncohort.nodule.genes import GeneScale
from syncohort.nodule.networks import NetworkSize

CPU = torch.device("cpu")
# Images that are made at once.
AT_ONCE = 64


@dataclass(frozen=True)
class TrainedGenerator:
    """A gene encoder and generator with what is needed to use them.

    Parameters
    ----------
    weights
        Weights by name.
    size
        Size of the networks.
    scale
        Genes and their scale; None for a generator that is told none.
    pixel_mm
        Side of a pixel, mm.
    """

    weights: dict[str, torch.Tensor]
    size: NetworkSize
    scale: GeneScale | None
    pixel_mm: float

    def network(self, device: torch.device = CPU) -> GeneGenerator:
        """Build the networks with their weights."""
        network = GeneGenerator(self.size)
        network.load_state_dict(self.weights)
        return network.to(device).eval().requires_grad_(False)

    def profiles(self, expression: pd.DataFrame) -> np.ndarray:
        """Scale log expression (patients, genes) as in the training: (patients, inputs), without inputs where none."""
        return self.scale.apply(expression) if self.scale else np.zeros((len(expression), 0), np.float32)

    def noise(self, number: int, seed: int) -> np.ndarray:
        """Draw noise, (number, noise) float32; the first rows are the same whatever the number."""
        return np.random.default_rng(seed).normal(size=(number, self.size.noise)).astype(np.float32)

    def save(self, weights_path: str | Path, description_path: str | Path, record: dict[str, Any]) -> None:
        """Write weights and description; `record` (provenance, course of the training) joins the latter."""
        write_bytes(save({name: value.cpu().contiguous() for name, value in self.weights.items()}), weights_path)
        scale = self.scale.to_json() if self.scale else None
        write_json({"size": asdict(self.size), "pixel_mm": self.pixel_mm, "scale": scale, **record}, description_path)

    @classmethod
    def load(cls, weights_path: str | Path, description_path: str | Path) -> "TrainedGenerator":
        """Read a generator written by `save`."""
        description = read_json(description_path)
        return cls(
            weights=load_file(weights_path),
            size=NetworkSize(**description["size"]),
            scale=GeneScale.of_json(description["scale"]) if description["scale"] else None,
            pixel_mm=description["pixel_mm"],
        )


def synthesise(
    network: GeneGenerator, codes: np.ndarray, noise: np.ndarray, backgrounds: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Make slices from gene codes.

    Parameters
    ----------
    network
        What `TrainedGenerator.network` gave; its device is used.
    codes, noise, backgrounds
        (slices, code), (slices, noise) and (slices, rows, columns) in [−1, 1].

    Returns
    -------
    images
        (slices, rows, columns) float32 in [−1, 1].
    shares
        (slices, rows, columns) float32: how much of a pixel is nodule, 0 to 1.
    """
    device = next(network.parameters()).device

    def parts() -> Iterator[tuple[np.ndarray, np.ndarray]]:
        for start in range(0, len(codes), AT_ONCE):
            code, chance, background = (
                torch.as_tensor(values[start : start + AT_ONCE], dtype=torch.float32, device=device)
                for values in (codes, noise, backgrounds)
            )
            with torch.no_grad():
                made = network.generator(code, chance, background[:, None])
            yield made.image[:, 0].cpu().numpy(), made.share[:, 0].cpu().numpy()

    images, shares = zip(*parts(), strict=True)
    return np.concatenate(images), np.concatenate(shares)


def encode(network: GeneGenerator, profiles: np.ndarray) -> np.ndarray:
    """Encode scaled expression (patients, genes) as gene codes (patients, code)."""
    device = next(network.parameters()).device
    with torch.no_grad():
        return network.encoder(torch.as_tensor(profiles, dtype=torch.float32, device=device)).cpu().numpy()
