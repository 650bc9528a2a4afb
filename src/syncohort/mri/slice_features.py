"""Features of slices, by which sets of images are compared: what a segmentation network makes of them."""

from collections.abc import Iterator

import numpy as np
import torch
from monai.networks.nets import DynUNet
from torch import nn

from syncohort.mri.segmenter import Segmenter, standardised

AXES = ("axial", "coronal", "sagittal")
# Of the brain's largest slice along an axis; smaller ones hold little brain and much edge.
LEAST_SHARE = 0.2
EXTRACTOR = (
    "features: first and last hidden layer of the segmentation network trained on real training subjects, mean over "
    "the brain’s voxels of a slice; axial, coronal and sagittal slices with at least a fifth of the brain’s largest "
    "section"
)


class SliceFeatures:
    """The extractor, a trained segmentation network: its first block sees texture, its last sees tissue.

    Parameters
    ----------
    segmenter
        The network.
    device
        Device to compute on.
    """

    def __init__(self, segmenter: Segmenter, device: torch.device) -> None:
        self.segmenter = segmenter
        self.network = _HiddenLayers(segmenter.network(device))

    def extract(self, images: np.ndarray, brain: np.ndarray) -> np.ndarray:
        """Extract the features of a subject's slices: (slices, features) float32.

        Parameters
        ----------
        images
            (modalities, z, y, x) in [−1, 1].
        brain
            (z, y, x) boolean.
        """
        hidden = self.segmenter.run(self.network, standardised(images, brain)).cpu().numpy()
        return np.stack([hidden[:, mask].mean(axis=1) for mask in slices(brain)])


class _HiddenLayers(nn.Module):
    """First and last hidden layer of MONAI's DynUNet, one above the other."""

    def __init__(self, network: DynUNet) -> None:
        super().__init__()
        self.first, self.last = network.input_block, network.skip_layers

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return torch.cat([self.first(images), self.last(images)], dim=1)


def slices(brain: np.ndarray) -> Iterator[np.ndarray]:
    """Give the brain's voxels in each slice with enough of them, axis by axis: (z, y, x) boolean."""
    for axis in range(len(AXES)):
        area = brain.sum(axis=tuple(other for other in range(3) if other != axis))
        for place in np.flatnonzero(area >= LEAST_SHARE * area.max()):
            mask = np.zeros_like(brain)
            index = [slice(None)] * 3
            index[axis] = place
            mask[tuple(index)] = brain[tuple(index)]
            yield mask
