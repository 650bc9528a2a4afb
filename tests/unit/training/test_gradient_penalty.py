"""The gradient penalty of images: each tile's gradient by itself."""

import pytest
import torch

from syncohort.training.gradient_penalty import gradient_penalty


def test_the_gradient_of_an_image_has_one_length():
    # The critic's gradient is 2 everywhere: of length 2 √12 for an image of 3 × 2 × 2.
    real, fake = torch.ones(5, 3, 2, 2), torch.zeros(5, 3, 2, 2)
    penalty = gradient_penalty(lambda tiles: 2 * tiles.flatten(1).sum(dim=1), real, fake, torch.rand(5, 1, 1, 1))
    assert penalty.item() == pytest.approx((2 * 12**0.5 - 1) ** 2)


def test_each_image_has_a_mixing_number_of_its_own():
    # ∇ ½‖x‖² = x, so that each tile's gradient is as long as the tile that was mixed: here ε_i √4.
    mixing = torch.tensor([0.25, 0.5, 1.0]).view(3, 1, 1, 1)
    real, fake = torch.ones(3, 1, 2, 2), torch.zeros(3, 1, 2, 2)
    penalty = gradient_penalty(lambda tiles: tiles.square().flatten(1).sum(dim=1) / 2, real, fake, mixing)
    assert penalty.item() == pytest.approx(((0.5 - 1) ** 2 + 0 + (2 - 1) ** 2) / 3)
