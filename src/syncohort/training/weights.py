"""Weights of several networks as one mapping, as they are saved."""

from collections.abc import Mapping
from typing import TypeVar

import torch
from torch import nn

Weight = TypeVar("Weight")


def named_weights(**networks: nn.Module) -> dict[str, torch.Tensor]:
    """Give the weights of several networks as one mapping, those of `critic` under `critic.…`."""
    return {
        f"{network}.{name}": value for network, part in networks.items() for name, value in part.state_dict().items()
    }


def weights_of(network: str, weights: Mapping[str, Weight]) -> dict[str, Weight]:
    """Take the weights of one network, tensors or saved arrays, out of what `named_weights` gave."""
    prefix = f"{network}."
    return {name.removeprefix(prefix): value for name, value in weights.items() if name.startswith(prefix)}
