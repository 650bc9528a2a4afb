"""Generator and critic of tiles: the DCGAN of Radford et al. 2016, its critic told the code of expression."""

import math
from itertools import pairwise
from typing import NamedTuple

import torch
from torch import nn

from syncohort.training.modulation import Modulation

SLOPE = 0.2
NEAREST, TRANSPOSED = "nearest", "transposed"
# Pixels of the coarsest layer.
SMALLEST = 4
# Standard deviation of the first weights by which the latent input styles a layer: nearly not at all.
FIRST_STYLE = 0.02


def doublings(size: int) -> int:
    """How often the coarsest layer is doubled to become a tile of `size` pixels."""
    return int(math.log2(size // SMALLEST))


class Generator(nn.Module):
    """Latent input to tiles in (−1, 1).

    Parameters
    ----------
    inputs
        Width of the latent input.
    size
        Pixels along each side of a tile, a power of two.
    width
        Channels of the finest hidden layer; every coarser one has twice as many.
    modulated
        Whether the latent input also scales and shifts every hidden layer, instead of entering at the coarsest alone.
    upsampling
        As in `doubling`.

    References
    ----------
    Radford, Metz and Chintala, ICLR 2016; with 2048 inputs, 256 pixels and width 64 as in Carrillo-Perez et al. 2023.
    """

    def __init__(self, inputs: int, size: int, width: int, *, modulated: bool, upsampling: str) -> None:
        super().__init__()
        levels = doublings(size)
        channels = [width * 2**level for level in reversed(range(levels))]
        told = inputs if modulated else 0
        first = nn.ConvTranspose2d(inputs, channels[0], SMALLEST, bias=False)
        further = (doubling(*pair, upsampling, bias=False) for pair in pairwise(channels))
        self.convolutions = nn.ModuleList([first, *further])
        self.norms = nn.ModuleList(ModulatedNorm(number, told) for number in channels)
        self.image = doubling(channels[-1], 3, upsampling, bias=True)
        _start(self)

    def forward(self, latent: torch.Tensor) -> torch.Tensor:
        """Generate (tiles, 3, size, size) float32 of (tiles, inputs)."""
        values = latent[:, :, None, None]
        for convolution, norm in zip(self.convolutions, self.norms, strict=True):
            values = nn.functional.leaky_relu(norm(convolution(values), latent), SLOPE)
        return torch.tanh(self.image(values).float())


def doubling(inputs: int, outputs: int, upsampling: str, *, bias: bool) -> nn.Module:
    """Layer that doubles the pixels along each side.

    Parameters
    ----------
    inputs, outputs
        Channels.
    upsampling
        `transposed`, a transposed convolution, as published; or `nearest`, repeated pixels and a convolution, which
        leave no chequered grain (Odena, Dumoulin and Olah, Distill 2016).
    bias
        Whether it has one.
    """
    if upsampling == TRANSPOSED:
        return nn.ConvTranspose2d(inputs, outputs, 4, 2, 1, bias=bias)
    return nn.Sequential(nn.Upsample(scale_factor=2), nn.Conv2d(inputs, outputs, 3, padding=1, bias=bias))


class ModulatedNorm(nn.Module):
    """Batch normalisation, its scale and shift a linear function of the latent input: self-modulation.

    Parameters
    ----------
    channels
        Channels that are normalised.
    inputs
        Width of the latent input; 0 for batch normalisation as it is.

    References
    ----------
    Chen, Lucic, Houlsby and Gelly, On self modulation for generative adversarial networks, ICLR 2019.
    """

    def __init__(self, channels: int, inputs: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(channels)
        self.style = Modulation(inputs, channels) if inputs else None
        if self.style is not None:
            nn.init.normal_(self.style.weight, std=FIRST_STYLE)
            nn.init.zeros_(self.style.bias)

    def forward(self, values: torch.Tensor, latent: torch.Tensor) -> torch.Tensor:
        """Normalise (tiles, channels, rows, columns), and style it by (tiles, inputs)."""
        values = self.norm(values)
        return values if self.style is None else self.style(values, latent)


class Judged(NamedTuple):
    """What the critic finds in tiles.

    Parameters
    ----------
    score
        (tiles, 1): the higher, the more like a real tile of that code.
    code
        (tiles, components): the code that it reads from the tiles alone; None where it is told none.
    """

    score: torch.Tensor
    code: torch.Tensor | None


class Critic(nn.Module):
    """Tiles, and what the generator was told, to a score each, and the code that shows in the tile alone.

    Parameters
    ----------
    size, width
        As in `Generator`.
    told
        Width of the code that the critic is told; 0 for nothing. It is projected on the features (Miyato and Koyama,
        ICLR 2018), so that a tile which does not belong to its code scores low.
    norm
        `none`, as the gradient penalty of single samples asks for, or `batch` as published.
    bounded_below
        Whether a leaky ReLU follows the score, as published.
    """

    def __init__(self, size: int, width: int, told: int, norm: str, bounded_below: bool) -> None:
        super().__init__()
        parts: list[nn.Module] = [nn.Conv2d(3, width, 4, 2, 1), nn.LeakyReLU(SLOPE)]
        channels = width
        for _ in range(doublings(size) - 1):
            batch = norm == "batch"
            parts.append(nn.Conv2d(channels, 2 * channels, 4, 2, 1, bias=not batch))
            parts += [nn.BatchNorm2d(2 * channels)] if batch else []
            parts.append(nn.LeakyReLU(SLOPE))
            channels *= 2
        self.features = nn.Sequential(*parts)
        self.score = nn.Conv2d(channels, 1, SMALLEST)
        self.projection = nn.Linear(told, channels, bias=False) if told else None
        self.reader = nn.Linear(channels, told) if told else None
        self.bounded_below = bounded_below
        _start(self)
        if self.reader is not None:
            # Features of an untrained critic are large: what is read of them would drown the score.
            nn.init.zeros_(self.reader.weight)
            nn.init.zeros_(self.reader.bias)

    def forward(self, tiles: torch.Tensor, code: torch.Tensor) -> Judged:
        """Judge tiles (tiles, 3, size, size) with their codes (tiles, components)."""
        features = self.features(tiles)
        score, pooled = self.score(features).flatten(1), features.mean(dim=(2, 3))
        if self.projection is not None:
            score = score + (self.projection(code) * pooled).sum(dim=1, keepdim=True)
        if self.bounded_below:
            score = nn.functional.leaky_relu(score, SLOPE)
        return Judged(score.float(), self.reader(pooled).float() if self.reader is not None else None)


def _start(network: nn.Module) -> None:
    """Set the first weights by He's normal law, as published; torch's global seed decides."""
    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
            nn.init.kaiming_normal_(module.weight, a=SLOPE, nonlinearity="leaky_relu")
            if module.bias is not None:
                nn.init.zeros_(module.bias)
