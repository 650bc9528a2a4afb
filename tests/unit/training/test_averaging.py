"""The running average of weights."""

import torch
from torch import nn

from syncohort.training.averaging import follow


def test_weights_and_what_batch_norm_counted_follow():
    average, network = nn.BatchNorm1d(2), nn.BatchNorm1d(2)
    with torch.no_grad():
        network.weight.fill_(5.0)
    network.running_mean.fill_(8.0)
    network.num_batches_tracked.fill_(3)
    follow(average, network, 0.75)
    torch.testing.assert_close(average.weight, torch.full((2,), 2.0), rtol=0, atol=1e-6)
    torch.testing.assert_close(average.running_mean, torch.full((2,), 2.0))
    follow(average, network, 0.0)
    torch.testing.assert_close(average.running_mean, network.running_mean)
