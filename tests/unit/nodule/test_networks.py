"""The published layers: channels, shapes and numbers of parameters, and what the blocks compute."""

from dataclasses import replace

import pytest
import torch

from syncohort.nodule.discriminator import Discriminator
from syncohort.nodule.generator_network import GeneGenerator, disc, initialise
from syncohort.nodule.networks import FusionBlock, GeneEncoder, NetworkSize, restyle, with_place
from syncohort.training.modulation import Modulation

PUBLISHED = NetworkSize(genes=5172, side=128, width=32, code=128, noise=10, composite="squashed")
SMALL = NetworkSize(genes=20, side=32, width=4, code=8, noise=3, composite="squashed")


class AsIfNothingWereTold(torch.nn.Module):
    """A layer that gets zeros, whatever it is given."""

    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def forward(self, told):
        return self.layer(torch.zeros_like(told))


class AllOutside(torch.nn.Module):
    """A head that sees no nodule anywhere."""

    def forward(self, values):
        return torch.full((len(values), 2, *values.shape[2:]), -100.0)


def parameters(module):
    return sum(value.numel() for value in module.parameters())


@pytest.fixture(scope="module")
def published():
    """Networks of the published size; weights are not set, for only their shapes count."""
    with torch.device("meta"):
        return GeneGenerator(PUBLISHED), Discriminator(PUBLISHED)


def test_channels_are_those_published():
    assert PUBLISHED.levels == 4
    assert PUBLISHED.channels == [512, 256, 128, 64, 32]


def test_parameters_of_the_generator_are_those_of_its_layers(published):
    network, _ = published
    assert parameters(network.encoder) == 5172 * 512 + 512 * 128
    styles = [2 * c * 64 * 138 + 2 * (2 * c * 64) for c in (512, 256, 128, 64)]
    assert [parameters(style) for style in network.generator.styles] == styles
    encoder = [(1, 32), (32, 64), (64, 128), (128, 256), (256, 512)]
    assert [parameters(layer) for layer in network.generator.background.layers] == [
        9 * before * after + 2 * after for before, after in encoder
    ]
    fusion = [9 * c * 2 * c + 9 * (2 * c) ** 2 + 2 * (2 * 2 * c) for c in (512, 256, 128, 64)]
    assert [parameters(block) for block in network.generator.fusions] == fusion
    assert [parameters(block) for block in network.generator.ups] == [9 * c * c + 2 * c for c in (512, 256, 128, 64)]
    assert parameters(network.generator.head) == 9 * 32 * 2


def test_parameters_of_the_discriminator_are_those_of_its_layers(published):
    _, network = published
    for encoder, inputs in ((network.image_encoder, 1), (network.pair_encoder, 2)):
        first = 16 * inputs * 64 + 64
        others = [16 * before * after + 2 * after for before, after in ((64, 128), (128, 256), (256, 512))]
        assert parameters(encoder) == first + sum(others)
    assert parameters(network.joint) == 9 * 640 * 512 + 2 * 512
    assert [parameters(head) for head in network.heads] == [64 * 512 + 1] * 3


def test_shapes_are_those_published(published):
    network, discriminator = published
    shapes = []
    for fusion in network.generator.fusions:
        fusion.register_forward_hook(lambda _, inputs, output: shapes.append(tuple(output.shape[1:])))
    image = torch.empty(2, 1, 128, 128, device="meta")
    made = network(torch.empty(2, 5172, device="meta"), torch.empty(2, 10, device="meta"), image)
    assert shapes == [(512, 8, 8), (256, 16, 16), (128, 32, 32), (64, 64, 64)]
    assert made.image.shape == made.mask.shape == (2, 1, 128, 128)
    judged = discriminator(made.image, made.mask, torch.empty(2, 128, device="meta"))
    assert [logits.shape for logits in judged] == [(2,)] * 3


def test_the_style_decides_mean_and_deviation():
    torch.manual_seed(0)
    values, style = torch.randn(2, 3, 16, 16) * 5 + 2, torch.randn(2, 3, 8, 8) * 3 - 1
    made = restyle(values, style)
    torch.testing.assert_close(made.mean((2, 3)), style.mean((2, 3)), atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(made.std((2, 3)), style.std((2, 3)), atol=1e-4, rtol=1e-4)


def test_where_the_weight_is_one_the_background_stays():
    torch.manual_seed(0)
    block = FusionBlock(2, SMALL).eval()
    background, style = torch.randn(1, 2, 16, 16), torch.zeros(1, 2, 8, 8)
    norm = block.layers[-1]
    with torch.no_grad():
        # The second half decides on the weight: 20 gives 1, −20 gives 0; a flat style leaves nothing of the object.
        norm.weight.zero_()
        norm.bias.copy_(torch.tensor([0.0, 0.0, 20.0, -20.0]))
        made = block(torch.randn(1, 2, 16, 16), background, style)
    torch.testing.assert_close(made[:, 0], background[:, 0])
    torch.testing.assert_close(made[:, 1], torch.zeros(1, 16, 16), atol=1e-4, rtol=0)


def test_a_modulation_keeps_how_wide_and_bright_the_object_is():
    torch.manual_seed(0)
    values, told = torch.randn(2, 3, 16, 16), torch.randn(2, 5)
    style, modulation = torch.randn(2, 3, 8, 8), Modulation(5, 3)
    brighter = 4 * values + 1
    torch.testing.assert_close(restyle(brighter, style), restyle(values, style), atol=1e-3, rtol=1e-3)
    scale, shift = (told @ modulation.weight.T + modulation.bias).chunk(2, dim=1)
    expected = brighter * (1 + scale[:, :, None, None]) + shift[:, :, None, None]
    torch.testing.assert_close(modulation(brighter, told), expected)


def test_the_place_of_a_pixel_is_told_in_halves_of_the_side():
    told = with_place(torch.zeros(2, 3, 4, 4))
    assert told.shape == (2, 6, 4, 4)
    down, across, distance = told[1, 3:]
    steps = torch.tensor([-0.75, -0.25, 0.25, 0.75])
    assert torch.equal(down[:, 1], steps)
    assert torch.equal(across[1], steps)
    corner, edge, centre = ((a * a + b * b) ** 0.5 for a, b in ((0.75, 0.75), (0.75, 0.25), (0.25, 0.25)))
    expected = torch.tensor([[corner, edge], [edge, centre]])
    for quarter in (distance[:2, :2], distance[2:, 2:].flip(0, 1)):
        torch.testing.assert_close(quarter, expected)


def test_gene_code_and_noise_modulate_every_level():
    torch.manual_seed(0)
    network = GeneGenerator(replace(SMALL, fusion="modulation")).eval()
    initialise(network)
    assert len(network.generator.styles) == 1
    background, genes, noise = torch.rand(1, 1, 32, 32), torch.randn(1, 20), torch.randn(1, 3)
    network.generator.styles = torch.nn.ModuleList([AsIfNothingWereTold(network.generator.styles[0])])
    one, other = (network(genes + more, noise, background).image for more in (0, torch.randn(1, 20)))
    assert not torch.allclose(one, other, atol=1e-3)


def test_a_composite_is_the_background_outside_its_mask():
    torch.manual_seed(0)
    network = GeneGenerator(SMALL).eval()
    initialise(network)
    background = torch.rand(2, 1, 32, 32) * 2 - 1
    made = network(torch.randn(2, 20), torch.randn(2, 3), background)
    inside = (torch.tanh(made.mask) + 1) / 2
    # At least 12 % of every pixel is the network's own, for the mask is in (−1, 1) before its second tanh.
    assert inside.min() > 0.1
    own = (made.image - background * (1 - inside)) / inside
    assert own.abs().max() <= 1 + 1e-5
    # Without the second tanh the background stays where the mask is −1.
    exact = GeneGenerator(replace(SMALL, composite="mask")).eval()
    exact.generator.head = AllOutside()
    assert exact(torch.randn(2, 20), torch.randn(2, 3), background).image.equal(background)


def test_what_is_not_shown_of_a_disc_changes_nothing():
    torch.manual_seed(0)
    network = GeneGenerator(replace(SMALL, composite="disc")).eval()
    initialise(network)
    background = torch.rand(1, 1, 32, 32) * 2 - 1
    inside = disc(background)
    # A quarter of the side is its radius.
    assert inside.sum().item() == pytest.approx(torch.pi * 8**2, rel=0.05)
    other = torch.where(inside, -background, background)
    genes, noise = torch.randn(1, 20), torch.randn(1, 3)
    made, again = network(genes, noise, background).image, network(genes, noise, other).image
    torch.testing.assert_close(made, again)
    assert made[0, 0][~inside].equal(background[0, 0][~inside])


def test_a_gate_lets_the_background_through_and_adds_the_object_as_it_is():
    torch.manual_seed(0)
    block = FusionBlock(2, replace(SMALL, fusion="gate")).eval()
    background, inputs = torch.randn(1, 2, 16, 16), torch.randn(1, 2, 16, 16)
    subject, weight = block.layers(inputs).chunk(2, dim=1)
    made = block(inputs, background, torch.randn(1, 2, 8, 8))
    torch.testing.assert_close(made, background * torch.sigmoid(2 * weight) + subject)


def test_behind_a_gate_genes_and_noise_enter_on_the_coarsest_level_alone():
    torch.manual_seed(0)
    network = GeneGenerator(replace(SMALL, fusion="gate")).eval()
    initialise(network)
    assert len(network.generator.styles) == 1
    seen = []
    network.generator.fusions[0].register_forward_hook(lambda _, inputs, output: seen.append(inputs))
    background, genes, noise = torch.rand(1, 1, 32, 32), torch.randn(1, 20), torch.randn(1, 3)
    network(genes, noise, background)
    code = torch.cat([network.encoder(genes), noise], dim=1)
    [(values, behind, _)] = seen
    torch.testing.assert_close(values, network.generator.styles[0](code))
    torch.testing.assert_close(behind, network.generator.background(background)[0])


def test_without_genes_the_code_is_zero():
    encoder = GeneEncoder(NetworkSize(0, 32, 4, 8, 3, "none"), 0.0)
    assert parameters(encoder) == 0
    assert encoder(torch.randn(3, 20)).tolist() == [[0.0] * 8] * 3


def test_dropout_keeps_the_mean():
    torch.manual_seed(0)
    encoder = GeneEncoder(SMALL, 0.5)
    encoder.layers = torch.nn.Identity()
    genes = torch.ones(2000, 20)
    dropped = encoder(genes, torch.rand(2000, 20))
    assert set(dropped.unique().tolist()) == {0.0, 2.0}
    assert dropped.mean() == pytest.approx(1.0, abs=0.02)
    assert encoder(genes).eq(1).all()
