"""The discriminator: a 3D PatchGAN (Isola et al. 2017) on images and label, its layers following from the shape."""

from collections.abc import Sequence

import torch
from torch import nn
from torch.nn import functional
from torch.nn.utils.parametrizations import spectral_norm

from syncohort.mri.lean import unit

LAYERS = 3
KERNEL = 4
SLOPE = 0.2
Steps = tuple[tuple[int, int, int], tuple[int, int, int]]


def layer_steps(shape: Sequence[int], layers: int = LAYERS) -> list[Steps]:
    """Kernel and stride of each convolution along (z, y, x), for volumes of a shape.

    Up to `layers` convolutions of kernel 4 and stride 2, then two of kernel 4 and stride 1, as in the 2D PatchGAN. An
    axis is halved only while a kernel's length stays; along shorter axes kernels are 3 and strides 1. A layer that
    would halve no axis is left out. So no kernel is longer than its axis (`pool_factors` says why), except
    that of a single slice.
    """
    steps, size = [], list(shape)
    for _ in range(layers):
        halved = [length // 2 >= KERNEL for length in size]
        if not any(halved):
            break
        steps.append(_step([KERNEL if half else 3 for half in halved], [2 if half else 1 for half in halved]))
        size = [length // 2 if half else length for length, half in zip(size, halved, strict=True)]
    for _ in range(2):
        kernel = [KERNEL if length >= KERNEL else 3 for length in size]
        steps.append(_step(kernel, [1, 1, 1]))
        size = [length - (side == KERNEL) for length, side in zip(size, kernel, strict=True)]
    return steps


def _step(kernel: list[int], stride: list[int]) -> Steps:
    return tuple(kernel), tuple(stride)


class PatchDiscriminator(nn.Module):
    """Convolutions with instance norm and leaky ReLU, the first without norm, the last to one number per patch.

    Parameters
    ----------
    inputs
        Channels of images and label together.
    width
        Channels after the first convolution; each further one has twice as many.
    shape
        Voxels (z, y, x) of what it will be given.
    spectral
        Whether the weights are divided by their spectral norm (Miyato et al. 2018).
    lean
        Keep only the outputs of convolutions for the way back.
    """

    def __init__(self, inputs: int, width: int, shape: Sequence[int], *, spectral: bool, lean: bool) -> None:
        super().__init__()
        self.lean = lean
        steps = layer_steps(shape)
        widths = [inputs, *(width * 2**layer for layer in range(len(steps) - 1)), 1]
        self.convolutions = nn.ModuleList()
        for layer, (kernel, stride) in enumerate(steps):
            normed = 0 < layer < len(steps) - 1
            convolution = nn.Conv3d(widths[layer], widths[layer + 1], kernel, stride, padding=1, bias=not normed)
            self.convolutions.append(spectral_norm(convolution) if spectral else convolution)

    def forward(self, images: torch.Tensor, condition: torch.Tensor) -> list[torch.Tensor]:
        """Judge (1, modalities, z, y, x) under (1, channels, z, y, x).

        Returns
        -------
        list of torch.Tensor
            The output of every convolution before norm and activation; the last, (1, 1, ·, ·, ·), is the judgement of
            every patch.
        """
        outputs = [self.convolutions[0](torch.cat([images, condition], dim=1))]
        for layer, convolution in enumerate(self.convolutions[1:]):
            outputs.append(unit(_activated if layer else _leaky, _fixed(convolution), outputs[-1], lean=self.lean))
        return outputs


def _fixed(convolution: nn.Conv3d):
    """Give the convolution with the weights of this pass: spectral norm must not go a step further when repeated."""
    weight = convolution.weight
    return lambda values: functional.conv3d(values, weight, convolution.bias, convolution.stride, padding=1)


def _leaky(raw: torch.Tensor) -> torch.Tensor:
    return functional.leaky_relu(raw, SLOPE)


def _activated(raw: torch.Tensor) -> torch.Tensor:
    return _leaky(functional.instance_norm(raw))
