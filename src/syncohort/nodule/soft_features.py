"""Features of a nodule as smooth functions of image and mask, so that a generator can learn from them."""

import torch
from torch.nn import functional

NAMES = ("size", "density", "edge_sharpness", "spiculation", "heterogeneity", "spread", "softness")
# Pixels that a nodule is thought to have more than it has: an empty mask then has features too.
EPSILON = 1.0
# A root has no gradient at zero.
EPSILON_ROOT = 1e-8
# A feature that hardly differs among real nodules counts as it is: softness, 0 for all of them, in pixels.
LEAST_SPREAD = 0.01


def soft_features(image: torch.Tensor, share: torch.Tensor) -> torch.Tensor:
    """Measure nodules.

    Of the share s of a pixel that is nodule, A = Σ s is the area and P = Σ |∇s| the perimeter (coarea formula). Size is
    ½ log A; density Σ s x / A; sharpness of the edge Σ |∇s| |∇x| / P, how steeply the image falls there; spiculation
    log P / (2 √(π A)), 0 for a disc; heterogeneity the standard deviation of x weighted by s. Two more are about the
    same for all real masks and keep synthetic ones in form: spread ½ log (2π Σ s² d² / (Σ s²)²), with d the distance
    from the middle of the image, 0 for a disc there; and softness Σ 4 s (1 − s) / P, the width of the mask's edge, 0
    where a pixel is all or nothing. Neither asks for another size: squares leave out the faint share of pixels far
    away, which weighs the more the smaller a nodule is, and the width is per length of edge and not per area.

    Parameters
    ----------
    image
        (images, 1, side, side) in [−1, 1].
    share
        (images, 1, side, side) from 0 to 1.

    Returns
    -------
    torch.Tensor
        (images, features) float32, in the order of `NAMES`; pixels are the unit of length.
    """
    image, share = image.float(), share.float()
    total = lambda values: values.sum(dim=(1, 2, 3))  # noqa: E731
    rim, slope = _steepness(share), _steepness(image)
    area, perimeter = total(share) + EPSILON, total(rim) + EPSILON
    place = torch.arange(image.shape[-1], device=image.device) - (image.shape[-1] - 1) / 2
    core = share.square()
    spread = total(core * (place.square() + place[:, None].square())) + EPSILON
    density = total(share * image) / area
    variance = total(share * (image - density[:, None, None, None]).square()) / area
    return torch.stack(
        [
            area.log() / 2,
            density,
            total(rim * slope) / perimeter,
            (perimeter / (2 * (torch.pi * area).sqrt())).log(),
            (variance + EPSILON_ROOT).sqrt(),
            (2 * torch.pi * spread / (total(core) + EPSILON).square()).log() / 2,
            total(4 * share * (1 - share)) / perimeter,
        ],
        dim=1,
    )


def _steepness(values: torch.Tensor) -> torch.Tensor:
    """Length of the gradient by central differences, edges repeated."""
    padded = functional.pad(values, (1, 1, 1, 1), mode="replicate")
    down = (padded[:, :, 2:, 1:-1] - padded[:, :, :-2, 1:-1]) / 2
    across = (padded[:, :, 1:-1, 2:] - padded[:, :, 1:-1, :-2]) / 2
    return (down.square() + across.square() + EPSILON_ROOT).sqrt() - EPSILON_ROOT**0.5


class StandardFeatures:
    """Features in standard deviations of real nodules, from their mean.

    Parameters
    ----------
    images
        (nodules, 1, side, side) in [−1, 1].
    masks
        (nodules, 1, side, side), −1 or 1.
    """

    def __init__(self, images: torch.Tensor, masks: torch.Tensor) -> None:
        real = soft_features(images, (masks + 1) / 2)
        deviation = real.std(dim=0)
        self.centre = real.mean(dim=0)
        self.spread = deviation.where(deviation > LEAST_SPREAD, 1.0)

    def pairs(self, image: torch.Tensor, share: torch.Tensor) -> torch.Tensor:
        """(2, patients, features) of a minibatch whose halves are of the same patients; shapes as `soft_features`."""
        standard = (soft_features(image, share) - self.centre) / self.spread
        return standard.view(2, -1, standard.shape[1])


def energy_score(made: torch.Tensor, real: torch.Tensor) -> torch.Tensor:
    """Score how well draws of the generator stand for the real ones of the same patients; lower is better.

    E |f − y| − ½ E |f − f'|, with f, f' two draws and y a real one, by Euclidean distance. It is strictly proper: least
    when draws are distributed as the real ones of the patient are, so neither a constant nor the mean is best.

    Parameters
    ----------
    made, real
        (2, patients, features): two synthetic and two real nodules of each patient.

    References
    ----------
    Gneiting and Raftery, Journal of the American Statistical Association 102:359–378, 2007, equation 21.
    """
    across = torch.stack([_distance(one, other) for one in made for other in real]).mean()
    return across - _distance(made[0], made[1]).mean() / 2


def _distance(one: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
    """Euclidean distance row by row, smooth at zero."""
    return ((one - other).square().sum(dim=1) + EPSILON_ROOT).sqrt()
