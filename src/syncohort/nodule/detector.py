"""The detector: a small 2D network, trained on real slices, that finds nodules and whose hidden layers are features."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from monai.networks.nets import DynUNet
from safetensors.torch import load_file, save
from scipy.ndimage import binary_dilation
from torch import nn

from syncohort.core.io import read_json, write_bytes, write_json
from syncohort.nodule.features import FEWEST_PIXELS, largest_part, middle

LEVELS, KERNEL = 3, 3
AT_ONCE = 64
# Pixels around a nodule whose features are those of its rim and neighbourhood.
MARGIN = 2
EXTRACTOR = (
    "features: first and last hidden layer of the detector trained on real training slices, mean over the nodule’s "
    f"mask and {MARGIN} pixels around it"
)


@dataclass(frozen=True)
class Detector:
    """A trained detector.

    Parameters
    ----------
    weights
        Weights by name.
    width
        Channels of the first level.
    """

    weights: dict[str, torch.Tensor]
    width: int

    def network(self, device: torch.device) -> nn.Module:
        """Build the network with its weights."""
        network = build_network(self.width)
        network.load_state_dict(self.weights)
        return network.to(device).eval().requires_grad_(False)

    def save(self, weights_path: str | Path, description_path: str | Path, record: dict[str, Any]) -> None:
        """Write weights and description; `record` joins the latter."""
        write_bytes(save({name: value.cpu().contiguous() for name, value in self.weights.items()}), weights_path)
        description = {key: value for key, value in asdict(self).items() if key != "weights"}
        write_json({**description, **record}, description_path)

    @classmethod
    def load(cls, weights_path: str | Path, description_path: str | Path) -> "Detector":
        """Read a detector written by `save`."""
        return cls(load_file(weights_path), read_json(description_path)["width"])


def build_network(width: int) -> DynUNet:
    """Build MONAI's DynUNet in 2D: three levels, instance norm, one output."""
    strides = [1] + [2] * (LEVELS - 1)
    return DynUNet(
        spatial_dims=2,
        in_channels=1,
        out_channels=1,
        kernel_size=[KERNEL] * LEVELS,
        strides=strides,
        upsample_kernel_size=strides[1:],
        filters=[width * 2**level for level in range(LEVELS)],
        norm_name=("INSTANCE", {"affine": True}),
    )


def find_nodules(network: nn.Module, images: np.ndarray) -> np.ndarray:
    """Segment slices (slices, rows, columns) in [−1, 1]: (slices, rows, columns) boolean, the largest part of each."""
    found = _run(network, images)[:, 0] > 0
    return np.stack([largest_part(mask) for mask in found])


def hits(found: np.ndarray, masks: np.ndarray) -> np.ndarray:
    """Tell which nodules are found: (slices,) boolean.

    As in the LUNA16 challenge (Setio et al. 2017), a nodule is found when the middle of what the detector marks is no
    farther from its own than its radius. A mask of fewer than 6 pixels is no nodule, and not found.
    """
    return np.array([_hit(*pair) for pair in zip(found, masks, strict=True)], dtype=bool)


def _hit(found: np.ndarray, mask: np.ndarray) -> bool:
    if min(found.sum(), largest_part(mask).sum()) < FEWEST_PIXELS:
        return False
    (there, _), (here, radius) = middle(found), middle(mask)
    return bool(np.linalg.norm(there - here) <= radius)


def nodule_features(network: DynUNet, images: np.ndarray, masks: np.ndarray) -> np.ndarray:
    """Extract the features that `EXTRACTOR` names: (slices with a nodule, features) float64."""
    hidden = _run(_HiddenLayers(network), images)
    regions = [binary_dilation(mask, iterations=MARGIN) for mask in masks]
    return np.stack(
        [values[:, region].mean(axis=1) for values, region in zip(hidden, regions, strict=True) if region.any()]
    ).astype(np.float64)


class _HiddenLayers(nn.Module):
    """First and last hidden layer of MONAI's DynUNet, one above the other."""

    def __init__(self, network: DynUNet) -> None:
        super().__init__()
        self.first, self.last = network.input_block, network.skip_layers

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return torch.cat([self.first(images), self.last(images)], dim=1)


@torch.no_grad()
def _run(network: nn.Module, images: np.ndarray) -> np.ndarray:
    """Pass slices (slices, rows, columns) through a network: (slices, channels, rows, columns)."""
    device = next(network.parameters()).device
    parts = [
        network(torch.as_tensor(images[start : start + AT_ONCE, None], dtype=torch.float32, device=device)).cpu()
        for start in range(0, len(images), AT_ONCE)
    ]
    return torch.cat(parts).numpy()
