"""Integrated gradients against the axioms that they are to meet."""

import numpy as np
import torch
from torch import nn

from syncohort.training.integrated_gradients import integrated_gradients


def test_a_linear_network_is_attributed_by_its_weights():
    weights = torch.tensor([[2.0, -1.0, 0.0], [0.0, 0.5, 1.0]])
    found = integrated_gradients(
        lambda inputs: inputs @ weights.T, torch.tensor([[1.0, 3.0, 5.0]]), torch.tensor([0.0, 1.0, 0.0]), 3
    )
    np.testing.assert_allclose(found, [[[2.0, -2.0, 0.0]], [[0.0, 1.0, 5.0]]], rtol=1e-6)


def test_attributions_add_up_to_the_difference_of_the_outputs():
    torch.manual_seed(0)
    network = nn.Sequential(nn.Linear(6, 20), nn.Tanh(), nn.Linear(20, 3))
    inputs, baseline = torch.randn(5, 6), torch.randn(6)
    with torch.no_grad():
        difference = network(inputs) - network(baseline)
    found = integrated_gradients(network, inputs, baseline, 64)
    np.testing.assert_allclose(found.sum(dim=2).T, difference, atol=1e-3)


def test_a_product_is_shared_evenly():
    product = lambda inputs: inputs.prod(dim=1, keepdim=True)  # noqa: E731
    found = integrated_gradients(product, torch.tensor([[3.0, 4.0]]), torch.zeros(2), 8)
    np.testing.assert_allclose(found, [[[6.0, 6.0]]], rtol=1e-6)
