"""Losses of the radiogenomic GAN: least squares for three heads, mismatched pairs, and what is to be kept."""

import torch
from torch.nn import functional

from syncohort.nodule.discriminator import Judged
from syncohort.nodule.generator_network import disc

# The mask is eroded by so many pixels at 128 pixels a side, and by its share at fewer.
EROSION, AT_SIDE = 5, 128


def adversarial_losses(
    real: Judged, fake: Judged, wrong_pair: Judged, wrong_mask: Judged, *, wrong_is_real: bool
) -> Judged:
    """Losses of the discriminator's heads: squared distance from 1 for real, from 0 for synthetic (Mao et al. 2017).

    Each side is the mean over its kinds. Synthetic are to D_IS also a real image with another's mask, and to D_ISG also
    a real image with its mask beside another's genes.

    Parameters
    ----------
    real, fake
        Image, mask and genes of one patient; what was made of these genes.
    wrong_pair
        Image and mask of another patient, with the genes of this one.
    wrong_mask
        The image of this patient with the mask of another.
    wrong_is_real
        Whether `wrong_pair` is real to the heads that are not shown genes, as in the authors' code.
    """
    one, zero = (lambda logits: (logits - 1).square().mean()), (lambda logits: logits.square().mean())
    mean = lambda *terms: torch.stack(terms).mean()  # noqa: E731
    also_real = [wrong_pair] if wrong_is_real else []
    return Judged(
        image=mean(one(real.image), *(one(judged.image) for judged in also_real)) + zero(fake.image),
        pair=mean(one(real.pair), *(one(judged.pair) for judged in also_real))
        + mean(zero(fake.pair), zero(wrong_mask.pair)),
        match=one(real.match) + mean(zero(fake.match), zero(wrong_pair.match)),
    )


def background_loss(image: torch.Tensor, background: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Mean absolute difference of image and background where the eroded outside of the mask is.

    Parameters
    ----------
    image, background
        (images, 1, side, side).
    mask
        (images, 1, side, side), above 0 is nodule; no gradient flows through it. Its outside is eroded by 5×5 pixels at
        128 a side, so that the rim of the nodule is left out.
    """
    outside = eroded_outside(mask.detach())
    return ((image - background).abs() * outside).sum() / outside.sum().clamp(min=1)


def reconstruction_loss(
    image: torch.Tensor, share: torch.Tensor, real: torch.Tensor, mask: torch.Tensor
) -> torch.Tensor:
    """Mean absolute difference of what fills the disc from the nodule that was there, image and share of nodule alike.

    Parameters
    ----------
    image, real
        (images, 1, side, side) in [−1, 1]; outside the disc they are the same.
    share
        (images, 1, side, side) from 0 to 1.
    mask
        (images, 1, side, side), −1 or 1.
    """
    difference = (image - real).abs() + (share - (mask + 1) / 2).abs()
    return (difference * disc(real)).sum() / (len(real) * disc(real).sum())


def eroded_outside(mask: torch.Tensor) -> torch.Tensor:
    """1 where no nodule is within the erosion, else 0; shape of `mask`."""
    kernel = max(1, 2 * round((EROSION - 1) / 2 * mask.shape[-1] / AT_SIDE) + 1)
    return 1 - functional.max_pool2d((mask >= 0).float(), kernel, stride=1, padding=kernel // 2)
