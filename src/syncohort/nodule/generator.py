"""The generator: gene code, noise and a background of healthy lung in, the slice with its nodule and the mask out."""

from dataclasses import dataclass

import torch
from torch import nn

from syncohort.nodule.networks import (
    ALONE,
    SQUASHED,
    BackgroundEncoder,
    FusionBlock,
    GeneEncoder,
    NetworkSize,
    StyleMap,
    UpBlock,
    convolution,
)


@dataclass(frozen=True)
class Generated:
    """What the generator makes.

    Parameters
    ----------
    image
        (images, 1, side, side) in [−1, 1].
    mask
        (images, 1, side, side) in (−1, 1); above 0 is nodule.
    """

    image: torch.Tensor
    mask: torch.Tensor

    @property
    def share(self) -> torch.Tensor:
        """(images, 1, side, side): how much of a pixel is nodule, 0 to 1."""
        return (self.mask + 1) / 2


class Generator(nn.Module):
    """The generator of Xu et al., for any side of 8 · 2^n pixels.

    Parameters
    ----------
    size
        Size of the network.
    """

    def __init__(self, size: NetworkSize) -> None:
        super().__init__()
        self.size = size
        *below, last = size.channels
        self.background = BackgroundEncoder(size)
        # The authors make a fifth map for the last level and never use it.
        self.styles = nn.ModuleList(StyleMap(size.code + size.noise, channels) for channels in below)
        self.fusions = nn.ModuleList(FusionBlock(channels) for channels in below)
        self.ups = nn.ModuleList(UpBlock(channels) for channels in below)
        self.head = convolution(last, 2)

    def forward(self, code: torch.Tensor, noise: torch.Tensor, background: torch.Tensor) -> Generated:
        """Generate from gene codes (images, code), noise (images, noise) and backgrounds (images, 1, side, side)."""
        condition = torch.cat([code, noise], dim=1)
        styles = [style(condition) for style in self.styles]
        encoded = self.background(background)
        # On the coarsest level the genes' map stands for the background, and the encoded background is the input.
        values = encoded[0]
        for level, (fusion, up) in enumerate(zip(self.fusions, self.ups, strict=True)):
            values = up(fusion(values, styles[0] if level == 0 else encoded[level], styles[level]))
        image, mask = torch.tanh(self.head(values)).float().chunk(2, dim=1)
        if self.size.composite != ALONE:
            inside = ((torch.tanh(mask) if self.size.composite == SQUASHED else mask) + 1) / 2
            image = background * (1 - inside) + image * inside
        return Generated(image, mask)


class GeneGenerator(nn.Module):
    """Gene encoder and generator: what is kept of a training.

    Parameters
    ----------
    size
        Size of the networks.
    dropout
        As `GeneEncoder`.
    """

    def __init__(self, size: NetworkSize, dropout: float = 0.0) -> None:
        super().__init__()
        self.size = size
        self.encoder = GeneEncoder(size, dropout)
        self.generator = Generator(size)

    def forward(self, genes: torch.Tensor, noise: torch.Tensor, background: torch.Tensor) -> Generated:
        """Generate from scaled expression (images, genes)."""
        return self.generator(self.encoder(genes), noise, background)


def initialise(network: nn.Module) -> None:
    """Set the initial weights: orthogonal convolutions and linear layers, norms around 1 with a deviation of 0.02."""
    for part in network.modules():
        if isinstance(part, nn.Conv2d | nn.Linear):
            nn.init.orthogonal_(part.weight)
            if part.bias is not None:
                nn.init.zeros_(part.bias)
        elif isinstance(part, nn.BatchNorm1d | nn.BatchNorm2d):
            nn.init.normal_(part.weight, 1.0, 0.02)
