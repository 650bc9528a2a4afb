"""The generator: gene code, noise and a background of healthy lung in, the slice with its nodule and the mask out."""

from dataclasses import dataclass
from itertools import repeat

import torch
from torch import nn

from syncohort.nodule.networks import (
    ALONE,
    DISC,
    GATE,
    SQUASHED,
    STYLE,
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
        styled = below if size.fusion == STYLE else below[:1]
        self.styles = nn.ModuleList(StyleMap(size.code + size.noise, channels) for channels in styled)
        self.fusions = nn.ModuleList(FusionBlock(channels, size) for channels in below)
        self.ups = nn.ModuleList(UpBlock(channels, size) for channels in below)
        self.head = convolution(last, 2)

    def forward(self, code: torch.Tensor, noise: torch.Tensor, background: torch.Tensor) -> Generated:
        """Generate from gene codes (images, code), noise (images, noise) and backgrounds (images, 1, side, side)."""
        condition = torch.cat([code, noise], dim=1)
        styles = [style(condition) for style in self.styles]
        encoded = self.background(self._shown(background))
        # On the coarsest level of Xu et al. the genes' map stands for the background, which is the input.
        values, first = (styles[0], encoded[0]) if self.size.fusion == GATE else (encoded[0], styles[0])
        behind = [first, *encoded[1:]]
        told = styles if self.size.fusion == STYLE else repeat(condition)
        for fusion, up, other, by in zip(self.fusions, self.ups, behind, told, strict=False):
            values = up(fusion(values, other, by))
        image, mask = torch.tanh(self.head(values)).float().chunk(2, dim=1)
        return Generated(self._composite(image, mask, background), mask)

    def _shown(self, background: torch.Tensor) -> torch.Tensor:
        """Give what the network sees of the background."""
        return background * ~disc(background) if self.size.composite == DISC else background

    def _composite(self, image: torch.Tensor, mask: torch.Tensor, background: torch.Tensor) -> torch.Tensor:
        """Join what the network made and the background."""
        if self.size.composite == ALONE:
            return image
        if self.size.composite == DISC:
            return torch.where(disc(background), image, background)
        inside = ((torch.tanh(mask) if self.size.composite == SQUASHED else mask) + 1) / 2
        return background * (1 - inside) + image * inside


def disc(images: torch.Tensor) -> torch.Tensor:
    """Tell which pixels of images (images, 1, side, side) lie in the disc in their middle, half as wide as they are."""
    place = torch.arange(images.shape[-1], device=images.device) - (images.shape[-1] - 1) / 2
    return place.square() + place[:, None].square() <= (images.shape[-1] / 4) ** 2


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
