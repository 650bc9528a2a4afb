"""The generator's network: the 3D U-Net of pytorch-3dunet (Wolny et al. 2020) with instance norm, as in the thesis."""

from collections.abc import Sequence

import torch
from torch import nn
from torch.nn import functional

from syncohort.mri.lean import unit

LEVELS = 4
KERNEL = 3
Factors = tuple[int, int, int]


def pool_factors(shape: Sequence[int], levels: int = LEVELS) -> list[Factors]:
    """Factors by which each level but the first pools (z, y, x): 2, or 1 along an axis that is odd or too short.

    With 64×240×240 every factor is 2; a single slice is never pooled along z. At least 3 voxels stay, the length of a
    kernel: on processors with bf16 units, oneDNN's weight gradients of longer kernels hold uninitialised memory.
    """
    factors, size = [], list(shape)
    for _ in range(levels - 1):
        factor = tuple(2 if length % 2 == 0 and length >= 2 * KERNEL else 1 for length in size)
        size = [length // by for length, by in zip(size, factor, strict=True)]
        factors.append(factor)
    return factors


def pool(values: torch.Tensor, factors: Factors) -> torch.Tensor:
    """Pool by the maximum: unlike torch's own it keeps no indices and is deterministic on a card as well."""
    z, y, x = values.shape[2:]
    a, b, c = factors
    return values.reshape(*values.shape[:2], z // a, a, y // b, b, x // c, c).amax(dim=(3, 5, 7))


def upsample(values: torch.Tensor, factors: Factors) -> torch.Tensor:
    """Repeat every voxel: nearest-neighbour up-sampling in the type of its input."""
    z, y, x = values.shape[2:]
    a, b, c = factors
    spread = values[:, :, :, None, :, None, :, None].expand(-1, -1, z, a, y, b, x, c)
    return spread.reshape(*values.shape[:2], z * a, y * b, x * c)


def activated(raw: torch.Tensor) -> torch.Tensor:
    """Instance norm and ReLU. Not in place: the norm's output is a view, and memory would rise."""
    return functional.relu(functional.instance_norm(raw))


class UNet3d(nn.Module):
    """Four levels of two 3×3×3 convolutions, each followed by instance norm and ReLU; maximum pooling, nearest-
    neighbour up-sampling, concatenation, and a 1×1×1 convolution at the end.

    The first convolution of an encoder level has half the width (but no less than its input), as in pytorch-3dunet.

    Parameters
    ----------
    inputs, outputs
        Channels.
    width
        Channels of the first level; each further one has twice as many.
    shape
        Voxels (z, y, x) of what it will be given.
    lean
        Keep only the outputs of convolutions for the way back, and convolve the two halves of a concatenation one by
        one instead of joining them. Weights, outputs and gradients are the same up to rounding.
    """

    def __init__(self, inputs: int, outputs: int, width: int, shape: Sequence[int], *, lean: bool) -> None:
        super().__init__()
        self.lean = lean
        self.factors = pool_factors(shape)
        widths = [width * 2**level for level in range(LEVELS)]
        self.encoder = nn.ModuleList()
        for before, after in zip([inputs, *widths], widths, strict=False):
            between = max(after // 2, before)
            self.encoder.append(nn.ModuleList([_convolution(before, between), _convolution(between, after)]))
        self.decoder = nn.ModuleList(
            nn.ModuleList([_convolution(below + skip, skip), _convolution(skip, skip)])
            for below, skip in zip(widths[:0:-1], widths[-2::-1], strict=True)
        )
        self.last = nn.Conv3d(width, outputs, 1)

    def forward(self, volumes: torch.Tensor) -> torch.Tensor:
        """Map (1, inputs, z, y, x) to (1, outputs, z, y, x), without a final activation."""
        first, second = self.encoder[0]
        raw = unit(activated, second, first(volumes), lean=self.lean)
        skips = []
        for (first, second), factors in zip(self.encoder[1:], self.factors, strict=True):
            skips.append(raw)
            raw = unit(lambda values, by=factors: pool(activated(values), by), first, raw, lean=self.lean)
            raw = unit(activated, second, raw, lean=self.lean)
        for (first, second), factors in zip(self.decoder, reversed(self.factors), strict=True):
            raw = self._join(first, skips.pop(), raw, factors)
            raw = unit(activated, second, raw, lean=self.lean)
        return unit(activated, self.last, raw, lean=self.lean)

    def _join(self, convolution: nn.Conv3d, skip: torch.Tensor, below: torch.Tensor, factors: Factors) -> torch.Tensor:
        """Convolve the concatenation of a skip and the up-sampled level below."""
        if not self.lean:
            return convolution(torch.cat([activated(skip), upsample(activated(below), factors)], dim=1))
        weights = convolution.weight.split([skip.shape[1], below.shape[1]], dim=1)
        left, right = (lambda values, weight=weight: functional.conv3d(values, weight, padding=1) for weight in weights)
        return unit(activated, left, skip, lean=True) + unit(
            lambda values: upsample(activated(values), factors), right, below, lean=True
        )


def _convolution(before: int, after: int) -> nn.Conv3d:
    # No bias: instance norm would take it away.
    return nn.Conv3d(before, after, KERNEL, padding=1, bias=False)
