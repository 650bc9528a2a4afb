"""Differences of synthetic images from the real ones of the same label: coarse brightness, texture, hidden layers."""

from itertools import pairwise

import torch
from torch.nn import functional

# Boxes, in voxels, whose means part an image into fine texture, coarser ones and brightness.
BOXES = (3, 5, 9)
SMALL_BOX, GREAT_BOX = BOXES[0], BOXES[-1]
# A class of fewer voxels has no texture to speak of; a modality of less power is flat.
FEWEST_VOXELS, LEAST_POWER = 30, 1e-6
# Less than one voxel's share of the greatest box.
LEAST_SHARE = 1e-4


def brain_distance(one: torch.Tensor, other: torch.Tensor, brain: torch.Tensor) -> torch.Tensor:
    """Mean absolute difference of (1, modalities, z, y, x) inside the brain."""
    return ((one - other).abs() * brain).sum() / (brain.sum() * one.shape[1])


def local_mean(images: torch.Tensor, box: int = GREAT_BOX) -> torch.Tensor:
    """Mean in the box of voxels around each, smaller at the faces: (1, modalities, z, y, x)."""
    for axis in range(2, 5):
        # One axis after the other: 3 × 9 voxels to add up instead of 9³, with the same result.
        length = images.shape[axis]
        size = [1, 1, 1]
        size[axis - 2] = min(box, length - (length + 1) % 2)
        padding = [side // 2 for side in size]
        images = functional.avg_pool3d(images, size, stride=1, padding=padding, count_include_pad=False)
    return images


def texture_distance(one: torch.Tensor, other: torch.Tensor, classes: torch.Tensor, number: int) -> torch.Tensor:
    """How much the textures of two images differ, class by class, wherever in a class it lies.

    The image, counted from its mean in each class, is parted into what varies within 3 voxels, between 3 and 5, and
    between 5 and 9. In each class of the label the second moments of a part, of all modalities with each other, say how
    strong its texture is and how alike the modalities are (the Gram matrix of Gatys et al. 2016, of plain filters
    instead of a network's). The distance is the mean absolute difference of the strengths, as a share of the second
    image's, plus that of the correlations: 0 for equal textures, 1 or more for a flat image.

    Parameters
    ----------
    one, other
        (1, modalities, z, y, x) float32.
    classes
        (z, y, x) classes of the label both show, 0 outside the brain.
    number
        Classes that there may be, from 1 on.
    """
    masks = _class_masks(classes, number)
    shares = [local_mean(masks.sum(dim=0)[None, None], box).clamp(min=LEAST_SHARE) for box in BOXES]
    voxels = masks.sum(dim=(1, 2, 3))
    bands = zip(_bands(one, masks, shares), _bands(other, masks, shares), strict=True)
    distance = torch.stack([_moment_distance(*(_moments(band, masks, voxels) for band in pair)) for pair in bands])
    enough = (voxels >= FEWEST_VOXELS).to(one.dtype)
    return (distance.mean(dim=0) * enough).sum() / enough.sum().clamp(min=1)


def _class_masks(classes: torch.Tensor, number: int) -> torch.Tensor:
    """Tell where each class has texture to measure: where no other class is next, or all of it where that is little.

    (number, z, y, x) float32, 1 or 0.
    """
    whole = classes == torch.arange(1, number + 1, device=classes.device)[:, None, None, None]
    inner = whole & _is_uniform(classes)
    return torch.where((inner.sum(dim=(1, 2, 3)) >= FEWEST_VOXELS)[:, None, None, None], inner, whole).float()


def _is_uniform(classes: torch.Tensor) -> torch.Tensor:
    """Tell where all 3×3×3 voxels are of one class: (z, y, x) boolean."""
    numbers = classes[None, None].float()
    greatest, least = (
        sign * functional.max_pool3d(sign * numbers, SMALL_BOX, stride=1, padding=SMALL_BOX // 2) for sign in (1, -1)
    )
    return (greatest == least)[0, 0]


def _bands(images: torch.Tensor, masks: torch.Tensor, shares: list[torch.Tensor]) -> list[torch.Tensor]:
    """Part images into bands, each (modalities, voxels), finest first.

    Steps from class to class outdo the texture of every band that is coarser than a voxel, and a painted label has them
    all: without any texture it would have most of the power. So classes are brought to one level, and means are taken
    over the masked voxels alone, whose share in each box is given.
    """
    values, each = images[0].flatten(1), masks.flatten(1)
    levels = values @ each.T / each.sum(dim=1).clamp(min=1)
    level = (values * each.sum(dim=0) - levels @ each).reshape(images.shape)
    means = [level, *(local_mean(level, box) / share for box, share in zip(BOXES, shares, strict=True))]
    return [(finer - coarser)[0].flatten(1) for finer, coarser in pairwise(means)]


def _moments(values: torch.Tensor, masks: torch.Tensor, voxels: torch.Tensor) -> torch.Tensor:
    """Mean products of modalities with each other, (classes, modalities, modalities), where each mask is 1."""
    each = masks.flatten(1).T
    # One modality after the other, for the products of all at once would fill a card.
    products = torch.stack([(values * modality) @ each for modality in values])
    return products.permute(2, 0, 1) / voxels.clamp(min=1)[:, None, None]


def _moment_distance(moments: torch.Tensor, expected: torch.Tensor) -> torch.Tensor:
    """Distance of second moments, (classes, modalities, modalities), in each class: (classes,).

    As strengths and correlations: the gradient of a plain power vanishes with the texture that is wanted.
    """
    strength, aim = ((one.diagonal(dim1=1, dim2=2) + LEAST_POWER).sqrt() for one in (moments, expected))
    distance = (strength / aim - 1).abs().mean(dim=1)
    modalities = strength.shape[1]
    if modalities == 1:
        return distance
    correlations, wanted = (
        one / (power[:, :, None] * power[:, None]) for one, power in ((moments, strength), (expected, aim))
    )
    # Those on the diagonal are 1 in both.
    apart = (correlations - wanted).abs().triu(1).sum(dim=(1, 2))
    return distance + apart / (modalities * (modalities - 1) / 2)
