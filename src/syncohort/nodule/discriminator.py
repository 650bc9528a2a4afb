"""The discriminator: one head for the image, one for image and mask, one for image, mask and gene code."""

from typing import NamedTuple

import torch
from torch import nn

from syncohort.nodule.networks import COARSEST, DISCRIMINATOR_SLOPE, NetworkSize, convolution


class Judged(NamedTuple):
    """Logits, (images,) each; real is 1 and synthetic 0.

    Parameters
    ----------
    image
        Of the image alone, D_I.
    pair
        Of image and mask, D_IS.
    match
        Of image, mask and gene code, D_ISG.
    """

    image: torch.Tensor
    pair: torch.Tensor
    match: torch.Tensor


class Discriminator(nn.Module):
    """The discriminator of Xu et al., for any side of 8 · 2^n pixels.

    Parameters
    ----------
    size
        Size of the networks.
    """

    def __init__(self, size: NetworkSize) -> None:
        super().__init__()
        widest = size.channels[0]
        self.image_encoder, self.pair_encoder = _encoder(1, size), _encoder(2, size)
        self.joint = nn.Sequential(
            convolution(widest + size.code, widest),
            nn.BatchNorm2d(widest),
            nn.LeakyReLU(DISCRIMINATOR_SLOPE),
        )
        self.heads = nn.ModuleList(nn.Conv2d(widest, 1, COARSEST) for _ in Judged._fields)

    def forward(self, image: torch.Tensor, mask: torch.Tensor, code: torch.Tensor) -> Judged:
        """Judge images and masks (images, 1, side, side), both in [−1, 1], and gene codes (images, code)."""
        pair = self.pair_encoder(torch.cat([image, mask], dim=1))
        tiled = code[:, :, None, None].expand(-1, -1, COARSEST, COARSEST)
        features = self.image_encoder(image), pair, self.joint(torch.cat([pair, tiled], dim=1))
        return Judged(*(head(values).flatten().float() for head, values in zip(self.heads, features, strict=True)))


def _encoder(inputs: int, size: NetworkSize) -> nn.Sequential:
    """4×4 convolutions with stride 2 down to 8×8; LeakyReLU 0.2, and batch norm after all but the first."""
    channels, layers = size.channels[::-1][1:], []
    for before, after in zip([inputs, *channels[:-1]], channels, strict=True):
        norm = [nn.BatchNorm2d(after)] if layers else []
        # With a bias only where no norm takes it away.
        layers += [nn.Conv2d(before, after, 4, 2, 1, bias=not norm), *norm, nn.LeakyReLU(DISCRIMINATOR_SLOPE)]
    return nn.Sequential(*layers)
