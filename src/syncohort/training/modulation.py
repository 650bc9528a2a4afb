"""Feature-wise modulation: what a network is told scales and shifts the channels of a layer."""

import torch
from torch import nn


class Modulation(nn.Linear):
    """Scale and shift of channels as a linear function of what is told.

    Nothing is normalised here, so that what differs from image to image stays.

    Parameters
    ----------
    told
        Width of what is told.
    channels
        Channels that are modulated.

    References
    ----------
    Perez et al., FiLM: visual reasoning with a general conditioning layer, AAAI 2018.
    """

    def __init__(self, told: int, channels: int) -> None:
        super().__init__(told, 2 * channels)

    def forward(self, values: torch.Tensor, told: torch.Tensor) -> torch.Tensor:
        """Modulate (images, channels, rows, columns) by (images, told)."""
        scale, shift = super().forward(told)[:, :, None, None].chunk(2, dim=1)
        return values * (1 + scale) + shift
