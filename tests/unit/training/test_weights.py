"""Weights of several networks in one mapping, there and back."""

import torch
from torch import nn

from syncohort.training.weights import named_weights, weights_of


def test_weights_of_several_networks_come_back_apart():
    one, other = nn.Linear(2, 1), nn.Linear(3, 1)
    together = named_weights(critic=one, critic2=other)
    assert set(together) == {"critic.weight", "critic.bias", "critic2.weight", "critic2.bias"}
    back = weights_of("critic", together)
    assert set(back) == {"weight", "bias"}
    assert torch.equal(back["weight"], one.weight)
