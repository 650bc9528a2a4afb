"""The running average of a network's weights, which is better and steadier than the network of the last step."""

import torch
from torch import nn


@torch.no_grad()
def follow(average: nn.Module, network: nn.Module, decay: float) -> None:
    """Move an average towards a network of the same layers: its weights, and what batch normalisation has counted.

    Parameters
    ----------
    average
        The running average, changed in place.
    network
        The network after a step.
    decay
        Weight of the past, in [0, 1); 0 copies the network.
    """
    now = network.state_dict()
    for name, mean in average.state_dict().items():
        if mean.is_floating_point():
            mean.lerp_(now[name], 1 - decay)
