"""Blocks of the multi-conditional radiogenomic GAN (Xu et al., MICCAI Workshop 2019), as its authors' code has them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log2

import torch
from torch import nn
from torch.nn import functional

from syncohort.training.modulation import Modulation

# Side of the coarsest level, on which gene code and background first meet, and of the discriminator's last layer.
COARSEST = 8
HIDDEN = 512
GENE_SLOPE, FUSION_SLOPE, DISCRIMINATOR_SLOPE = 0.2, 0.02, 0.2
INSTANCE_EPSILON = 1e-5
ALONE, MASK, SQUASHED, DISC = "none", "mask", "squashed", "disc"
STYLE, MODULATION, GATE = "style", "modulation", "gate"
# Place down and across, and distance from the middle.
PLACE = 3


@dataclass(frozen=True)
class NetworkSize:
    """What decides the layers.

    Parameters
    ----------
    genes
        Genes of the input; 0 for a generator that is told none.
    side
        Pixels along the side of an image: 8 times a power of 2.
    width
        Channels at full resolution; every level below has twice as many.
    code, noise
        Numbers of the gene code and of the noise.
    composite
        How the output comes about: `none` of the network alone; `mask` of the network inside the mask it makes, and of
        the background outside; `squashed` the same by a mask that passes tanh again, so that neither is ever pure;
        `disc` of the network inside a disc in the middle, which it is not shown, and of the background outside.
    fusion
        How object and background meet: `style`, each weighted and the object in the style of gene code and noise, as
        in Xu et al.; `modulation`, the same with scale and shift in place of a style, and told the place of each pixel;
        `gate`, the background alone weighted, and gene code and noise enter on the coarsest level only, as in MC-GAN
        (Park et al. 2018).
    """

    genes: int
    side: int
    width: int
    code: int
    noise: int
    composite: str
    fusion: str = STYLE

    @property
    def levels(self) -> int:
        """Levels between the coarsest one and full resolution."""
        return round(log2(self.side / COARSEST))

    @property
    def channels(self) -> Sequence[int]:
        """Channels of the levels, from the coarsest, `width` · 2^levels, to full resolution."""
        return [self.width * 2**level for level in range(self.levels, -1, -1)]

    @property
    def place(self) -> int:
        """Channels by which the generator's convolutions are shown the place of each pixel."""
        return PLACE if self.fusion == MODULATION else 0


def convolution(inputs: int, outputs: int, stride: int = 1) -> nn.Conv2d:
    """3×3 convolution without bias: a norm follows."""
    return nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False)


class GeneEncoder(nn.Module):
    """φ: two linear layers without bias, from genes to the gene code; LeakyReLU 0.2 between.

    Without genes the code is zero, whatever the profile, which leaves noise and background (as MC-GAN without text).

    Parameters
    ----------
    size
        Size of the networks.
    dropout
        Share of the genes that are set to zero in training.
    """

    def __init__(self, size: NetworkSize, dropout: float) -> None:
        super().__init__()
        self.code, self.dropout = size.code, dropout
        self.layers = (
            nn.Sequential(
                nn.Linear(size.genes, HIDDEN, bias=False),
                nn.LeakyReLU(GENE_SLOPE),
                nn.Linear(HIDDEN, size.code, bias=False),
            )
            if size.genes
            else None
        )

    def forward(self, genes: torch.Tensor, keep: torch.Tensor | None = None) -> torch.Tensor:
        """Encode (patients, genes) as (patients, code).

        `keep`, uniform numbers of the same shape, decides which genes are dropped; without it none is.
        """
        if self.layers is None:
            return genes.new_zeros(len(genes), self.code)
        if keep is not None and self.dropout:
            genes = genes * (keep >= self.dropout) / (1 - self.dropout)
        return self.layers(genes)


class StyleMap(nn.Module):
    """Gene code and noise as a map of C×8×8: linear, batch norm, gated linear unit."""

    def __init__(self, inputs: int, channels: int) -> None:
        super().__init__()
        numbers = channels * COARSEST**2
        self.channels = channels
        self.layers = nn.Sequential(
            nn.Linear(inputs, 2 * numbers, bias=False), nn.BatchNorm1d(2 * numbers), nn.GLU(dim=1)
        )

    def forward(self, code: torch.Tensor) -> torch.Tensor:
        """Map (images, code + noise) to (images, C, 8, 8)."""
        return self.layers(code).view(-1, self.channels, COARSEST, COARSEST)


class BackgroundEncoder(nn.Module):
    """3×3 convolutions with batch norm and no activation: the first at full resolution, the others with stride 2."""

    def __init__(self, size: NetworkSize) -> None:
        super().__init__()
        channels = [1, *reversed(size.channels)]
        self.layers = nn.ModuleList(
            nn.Sequential(convolution(before, after, 1 if level == 0 else 2), nn.BatchNorm2d(after))
            for level, (before, after) in enumerate(pairwise(channels))
        )

    def forward(self, background: torch.Tensor) -> list[torch.Tensor]:
        """Encode (images, 1, side, side): the outputs of all levels but full resolution, the coarsest first."""
        outputs = []
        for layer in self.layers:
            background = layer(background)
            outputs.append(background)
        return outputs[:0:-1]


def with_place(values: torch.Tensor) -> torch.Tensor:
    """Append channels to (images, C, s, s): place down and across from the middle, and distance, in halves of the side.

    To a convolution all places are alike; how wide the object in the middle is, is now a threshold (Liu et al., An
    intriguing failing of convolutional neural networks and the CoordConv solution, NeurIPS 2018).
    """
    side = values.shape[-1]
    place = (torch.arange(side, device=values.device, dtype=values.dtype) - (side - 1) / 2) / (side / 2)
    down, across = place[:, None].expand(side, side), place.expand(side, side)
    maps = torch.stack([down, across, (down.square() + across.square()).sqrt()])
    return torch.cat([values, maps.expand(len(values), -1, -1, -1)], dim=1)


class FusionBlock(nn.Module):
    """A soft map of weights decides where the object is put on the background.

    Parameters
    ----------
    channels
        Channels of both.
    size
        Its `fusion` says how. A style sets mean and deviation of each channel over the image, whatever the object in
        it: how wide and bright it is gets lost. A modulation keeps both.
    """

    def __init__(self, channels: int, size: NetworkSize) -> None:
        super().__init__()
        self.size = size
        self.layers = nn.Sequential(
            convolution(channels + size.place, 2 * channels),
            nn.BatchNorm2d(2 * channels),
            nn.LeakyReLU(FUSION_SLOPE),
            convolution(2 * channels, 2 * channels),
            nn.BatchNorm2d(2 * channels),
        )
        self.modulation = Modulation(size.code + size.noise, channels) if size.fusion == MODULATION else None

    def forward(self, inputs: torch.Tensor, background: torch.Tensor, told: torch.Tensor) -> torch.Tensor:
        """Fuse (images, C, s, s) with a background of the same shape.

        `told` is a style map (images, C, 8, 8), and for modulation gene code and noise (images, code + noise).
        """
        subject, weight = self.layers(with_place(inputs) if self.size.place else inputs).chunk(2, dim=1)
        weight = (torch.tanh(weight) + 1) / 2
        if self.size.fusion == GATE:
            return background * weight + subject
        if self.modulation is not None:
            return background * weight + self.modulation(subject, told) * (1 - weight)
        return background * weight + restyle(subject * (1 - weight), told)


def restyle(values: torch.Tensor, style: torch.Tensor) -> torch.Tensor:
    """Adaptive instance normalisation (Huang and Belongie 2017): the channels get the style's mean and deviation."""
    variance, mean = torch.var_mean(values, dim=(2, 3), keepdim=True)
    style_variance, style_mean = torch.var_mean(style, dim=(2, 3), keepdim=True)
    deviation = (style_variance + INSTANCE_EPSILON).sqrt()
    return (values - mean) / (variance + INSTANCE_EPSILON).sqrt() * deviation + style_mean


class UpBlock(nn.Module):
    """Nearest-neighbour up-sampling, a 3×3 convolution, batch norm and a gated linear unit that halves the channels."""

    def __init__(self, channels: int, size: NetworkSize) -> None:
        super().__init__()
        self.place = size.place
        self.layers = nn.Sequential(
            convolution(channels + size.place, channels), nn.BatchNorm2d(channels), nn.GLU(dim=1)
        )

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        """Map (images, C, s, s) to (images, C/2, 2s, 2s)."""
        doubled = functional.interpolate(values, scale_factor=2, mode="nearest")
        return self.layers(with_place(doubled) if self.place else doubled)
