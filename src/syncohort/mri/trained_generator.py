"""A trained generator as a file users can keep: safetensors for the weights, JSON for everything else."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file, save

from syncohort.core.io import read_json, write_bytes, write_json
from syncohort.mri.generator_network import Generator, Pix2PixSettings
from syncohort.mri.pairs import tensor
from syncohort.mri.pix2pix import CPU
from syncohort.mri.semantic_label import condition_channels, encode_label
from syncohort.training.device import autocast
from syncohort.training.task import RandomStream
from syncohort.training.weights import weights_of


@dataclass(frozen=True)
class TrainedGenerator:
    """A generator with what is needed to use it.

    Parameters
    ----------
    weights
        Weights by name, those of the generator under `generator.`.
    settings
        Settings of the model.
    modalities
        Names of the output's channels.
    shape
        Voxels (z, y, x) that it was trained on.
    tissue_classes
        Tissue classes of the labels.
    """

    weights: dict[str, torch.Tensor]
    settings: Pix2PixSettings
    modalities: Sequence[str]
    shape: Sequence[int]
    tissue_classes: int

    def network(self, device: torch.device = CPU) -> Generator:
        """Build the network with its weights."""
        channels = condition_channels(self.settings.condition, self.tissue_classes)
        generator = Generator(channels, len(self.modalities), self.settings, self.shape)
        generator.load_state_dict(weights_of("generator", self.weights))
        return generator.to(device).requires_grad_(False)

    def synthesise(
        self, generator: Generator, tumour: np.ndarray, tissue: np.ndarray, seed: int, *, varied: bool = True
    ) -> np.ndarray:
        """Make the images of one semantic label: (modalities, z, y, x) float32 in [−1, 1].

        Parameters
        ----------
        generator
            What `network` gave; its device is used.
        tumour, tissue
            (z, y, x) tumour labels and tissue classes.
        seed
            Seed of the noise and the appearance.
        varied
            Whether a painted base has a brightness and a drift as training subjects have, or their mean and none.
        """
        device = next(generator.parameters()).device
        condition = encode_label(tumour, tissue, self.settings.condition, self.tissue_classes)
        with torch.no_grad(), autocast(device, self.settings.precision):
            brain = tensor((tissue > 0)[None], device) > 0
            appearance = None if varied else generator.mean_appearance()
            return generator(tensor(condition, device), brain, RandomStream(seed, device), appearance)[0].cpu().numpy()

    def save(self, weights_path: str | Path, description_path: str | Path, record: dict[str, Any]) -> None:
        """Write weights and description; `record` (provenance, course of the training) joins the latter."""
        write_bytes(save({name: value.cpu().contiguous() for name, value in self.weights.items()}), weights_path)
        description = {key: value for key, value in asdict(self).items() if key != "weights"}
        write_json({**description, **record}, description_path)

    @classmethod
    def load(cls, weights_path: str | Path, description_path: str | Path) -> "TrainedGenerator":
        """Read a generator written by `save`."""
        description = read_json(description_path)
        return cls(
            weights=load_file(weights_path),
            settings=Pix2PixSettings(**description["settings"]),
            **{key: description[key] for key in ("modalities", "shape", "tissue_classes")},
        )
