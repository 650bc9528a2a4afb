"""Differences of synthetic images from the real ones of the same label: coarse brightness, texture, hidden layers."""

import torch
from torch.nn import functional

# Boxes, in voxels, whose means part an image into fine texture, coarse texture and brightness.
SMALL_BOX, LARGE_BOX = 3, 5
# A class of fewer voxels has no texture to speak of; a modality of less power is flat.
FEWEST_VOXELS, LEAST_POWER = 30, 1e-4


def brain_distance(one: torch.Tensor, other: torch.Tensor, brain: torch.Tensor) -> torch.Tensor:
    """Mean absolute difference of (1, modalities, z, y, x) inside the brain."""
    return ((one - other).abs() * brain).sum() / (brain.sum() * one.shape[1])


def local_mean(images: torch.Tensor, box: int = SMALL_BOX) -> torch.Tensor:
    """Mean in the box of voxels around each, smaller at the faces: (1, modalities, z, y, x)."""
    size = [min(box, length - (length + 1) % 2) for length in images.shape[2:]]
    padding = [length // 2 for length in size]
    return functional.avg_pool3d(images, size, stride=1, padding=padding, count_include_pad=False)


def texture_distance(one: torch.Tensor, other: torch.Tensor, classes: torch.Tensor) -> torch.Tensor:
    """How much the textures of two images differ, class by class, wherever in a class it lies.

    The image is parted into what varies within 3 voxels and what varies between 3 and 5. In each class of the label the
    second moments of a part, of all modalities with each other, say how strong its texture is and how alike
    the modalities are (the Gram matrix of Gatys et al. 2016, of plain filters instead of a network's). The distance is their
    mean absolute difference in units of the second image's: 0 for equal textures, near 1 for a flat image.

    Parameters
    ----------
    one, other
        (1, modalities, z, y, x) float32.
    classes
        (z, y, x) classes of the label both show, 0 outside the brain.
    """
    distances = []
    bands = list(zip(_bands(one), _bands(other), strict=True))
    for number in torch.unique(classes[classes > 0]).tolist():
        mask = classes == number
        if int(mask.sum()) < FEWEST_VOXELS:
            continue
        for first, second in bands:
            moments, expected = (_moments(band[0][:, mask]) for band in (first, second))
            power = expected.diagonal().clamp(min=LEAST_POWER).sqrt()
            distances.append(((moments - expected).abs() / (power[:, None] * power)).mean())
    return torch.stack(distances).mean() if distances else one.new_zeros(())


def _bands(images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    small, large = local_mean(images), local_mean(images, LARGE_BOX)
    return images - small, small - large


def _moments(values: torch.Tensor) -> torch.Tensor:
    """Second moments (modalities, modalities) of (modalities, voxels)."""
    return values @ values.T / values.shape[1]
