"""Weights of networks: the running average by hand, and one mapping there and back."""

import torch
from torch import nn

from syncohort.training.weights import follow, named_weights, weights_of


def normed(value):
    network = nn.BatchNorm1d(1)
    for state in network.state_dict().values():
        state.fill_(value)
    return network


def test_a_running_average_moves_by_its_share():
    average, network = normed(1), normed(3)
    follow(average, network, 0.75)
    moved = average.state_dict()
    # 0.75 × 1 + 0.25 × 3, what batch norm counts included; its number of batches is no mean.
    assert [moved[name].item() for name in ("weight", "bias", "running_mean", "running_var")] == [1.5] * 4
    assert moved["num_batches_tracked"].item() == 1
    follow(average, network, 0)
    assert average.weight.item() == 3


def test_weights_of_several_networks_come_back_apart():
    one, other = nn.Linear(2, 1), nn.Linear(3, 1)
    together = named_weights(critic=one, critic2=other)
    assert set(together) == {"critic.weight", "critic.bias", "critic2.weight", "critic2.bias"}
    back = weights_of("critic", together)
    assert set(back) == {"weight", "bias"}
    assert torch.equal(back["weight"], one.weight)
