"""The segmentation network: MONAI's DynUNet, the architecture of nnU-Net, from all modalities to tumour labels."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from monai.inferers import SlidingWindowInferer
from monai.networks.nets import DynUNet
from safetensors.torch import load_file, save
from torch import nn

from syncohort.core.io import read_json, write_bytes, write_json
from syncohort.mri.pairs import tensor
from syncohort.mri.preparation import PreparedSubject
from syncohort.mri.unet import KERNEL, pool_factors
from syncohort.sources.volumes.labels import LABELS
from syncohort.training.device import autocast

LEVELS = 5
FEWEST_LEVELS = 3  # of MONAI's network
# As in nnU-Net: deeper levels of a wide network would only cost memory.
MOST_CHANNELS = 320
OVERLAP = 0.5
LEAST_DEVIATION = 1e-6


@dataclass(frozen=True)
class Segmenter:
    """A trained segmentation network with what is needed to use it.

    Parameters
    ----------
    weights
        Weights by name.
    modalities
        Names of its input channels.
    width
        Channels of the first level.
    patch
        Voxels (z, y, x) that it sees at once.
    precision
        `fp32` or `bf16`.
    """

    weights: dict[str, torch.Tensor]
    modalities: Sequence[str]
    width: int
    patch: Sequence[int]
    precision: str

    def network(self, device: torch.device) -> nn.Module:
        """Build the network with its weights."""
        network = build_network(len(self.modalities), self.width, self.patch)
        network.load_state_dict(self.weights)
        return network.to(device).eval().requires_grad_(False)

    def segment(self, network: nn.Module, subject: PreparedSubject) -> np.ndarray:
        """Segment a prepared subject, real or synthetic: (z, y, x) uint8 labels, none outside the brain.

        Parameters
        ----------
        network
            What `network` gave; its device is used.
        subject
            The subject; its label is not looked at.
        """
        brain = subject.tissue > 0
        found = self.run(network, standardised(subject.images, brain)).argmax(dim=0)
        return np.where(brain, found.cpu().numpy(), 0).astype(np.uint8)

    def run(self, network: nn.Module, images: np.ndarray) -> torch.Tensor:
        """Pass standardised images (modalities, z, y, x) through a network patch by patch: (channels, z, y, x)."""
        device = next(network.parameters()).device
        inferer = SlidingWindowInferer(self.patch, overlap=OVERLAP, mode="gaussian")
        with torch.no_grad(), autocast(device, self.precision):
            return inferer(tensor(images, device), network)[0].float()

    def save(self, weights_path: str | Path, description_path: str | Path, record: dict[str, Any]) -> None:
        """Write weights and description; `record` joins the latter."""
        write_bytes(save({name: value.cpu().contiguous() for name, value in self.weights.items()}), weights_path)
        description = {key: value for key, value in asdict(self).items() if key != "weights"}
        write_json({**description, **record}, description_path)

    @classmethod
    def load(cls, weights_path: str | Path, description_path: str | Path) -> "Segmenter":
        """Read a network written by `save`."""
        description = read_json(description_path)
        keys = ("modalities", "width", "patch", "precision")
        return cls(load_file(weights_path), **{key: description[key] for key in keys})


def build_network(modalities: int, width: int, patch: Sequence[int]) -> DynUNet:
    """Build the network for patches (z, y, x): up to five levels, an axis halved while a kernel's length stays."""
    factors = pool_factors(patch, LEVELS)
    halvings = sum(max(factor) > 1 for factor in factors)
    strides = [(1, 1, 1), *factors[: max(halvings, FEWEST_LEVELS - 1)]]
    return DynUNet(
        spatial_dims=3,
        in_channels=modalities,
        out_channels=1 + len(LABELS),
        kernel_size=[(KERNEL,) * 3] * len(strides),
        strides=strides,
        upsample_kernel_size=strides[1:],
        filters=[min(MOST_CHANNELS, width * 2**level) for level in range(len(strides))],
        norm_name=("INSTANCE", {"affine": True}),
    )


def brain_moments(images: np.ndarray, brain: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation of each modality in the brain: each (modalities, 1, 1, 1).

    Parameters
    ----------
    images
        (modalities, z, y, x).
    brain
        (z, y, x) boolean.
    """
    values = images[:, brain].astype(np.float32)
    mean, deviation = values.mean(axis=1), np.maximum(values.std(axis=1), LEAST_DEVIATION)
    return mean[:, None, None, None], deviation[:, None, None, None]


def standardised(
    images: np.ndarray, brain: np.ndarray, moments: tuple[np.ndarray, np.ndarray] | None = None
) -> np.ndarray:
    """Bring every modality to mean 0 and standard deviation 1 in the brain, with 0 outside.

    Networks that segment expect it, and synthetic images in [−1, 1] need it as much as real ones. A part of a volume is
    given the moments of the whole.
    """
    mean, deviation = moments or brain_moments(images, brain)
    return np.where(brain, (images.astype(np.float32) - mean) / deviation, np.float32(0))
