"""The networks: sizes as published, shapes that follow from the volume, lean and plain alike, memory by calculation."""

import copy

import pytest
import torch

from syncohort.mri.generator_network import Pix2PixSettings
from syncohort.mri.memory import empty_step
from syncohort.mri.patch_discriminator import PatchDiscriminator, layer_steps
from syncohort.mri.unet import UNet3d, pool, pool_factors, upsample
from syncohort.training.footprint import footprint

FULL = (64, 240, 240)
SHAPES = [(64, 240, 240), (160, 192, 160), (24, 48, 48), (16, 48, 48), (1, 192, 160), (5, 7, 9), (12, 30, 21)]


def parameters(network: torch.nn.Module) -> int:
    return sum(value.numel() for value in network.parameters())


def test_sizes_of_the_published_networks():
    """16.3 and 11.1 million; by hand 27 × (260,256 + 344,064) + 64 × 4 + 4, the first convolution having 5 inputs."""
    with torch.device("meta"):
        generator = UNet3d(5, 4, 64, FULL, lean=True)
        discriminator = PatchDiscriminator(5, 64, FULL, spectral=False, lean=True)
    assert parameters(generator) == 27 * (260_256 + 344_064) + 64 * 4 + 4 == 16_316_900
    layers = 64 * (5 * 64 + 64 * 128 + 128 * 256 + 256 * 512 + 512) + 64 + 1
    assert parameters(discriminator) == layers == 11_063_361


def test_full_size_is_pooled_three_times_to_eight_by_thirty_by_thirty():
    assert pool_factors(FULL) == [(2, 2, 2)] * 3
    steps = layer_steps(FULL)
    assert steps == [((4, 4, 4), (2, 2, 2))] * 3 + [((4, 4, 4), (1, 1, 1))] * 2


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_layers_follow_from_the_shape(shape):
    size = list(shape)
    for kernel, stride in layer_steps(shape):
        assert all(side <= length or length == 1 for side, length in zip(kernel, size, strict=True))
        size = [(length + 2 - side) // by + 1 for length, side, by in zip(size, kernel, stride, strict=True)]
        assert min(size) >= 1
    for factors in pool_factors(shape):
        assert all(by == 1 or length // by >= 3 for length, by in zip(shape, factors, strict=True))
    if shape != FULL:
        with torch.device("meta"):
            images, label = torch.empty(1, 4, *shape), torch.empty(1, 5, *shape)
            made = UNet3d(5, 4, 4, shape, lean=True)(label)
            judged = PatchDiscriminator(9, 4, shape, spectral=False, lean=True)(images, label)
        assert made.shape == images.shape
        assert list(judged[-1].shape) == [1, 1, *size]


def test_pooling_and_upsampling_are_those_of_torch():
    values = torch.randn(1, 3, 4, 6, 8)
    assert torch.equal(pool(values, (2, 2, 2)), torch.nn.functional.max_pool3d(values, 2))
    assert torch.equal(pool(values, (1, 2, 2)), torch.nn.functional.max_pool3d(values, (1, 2, 2)))
    nearest = torch.nn.functional.interpolate(values, scale_factor=2.0, mode="nearest")
    assert torch.equal(upsample(values, (2, 2, 2)), nearest)


def gradients(network: torch.nn.Module, *inputs: torch.Tensor) -> tuple[torch.Tensor, list[torch.Tensor]]:
    output = network(*inputs)
    output = output[-1] if isinstance(output, list) else output
    (output * torch.linspace(-1, 1, output.numel()).reshape(output.shape)).sum().backward()
    return output.detach(), [value.grad for value in network.parameters()]


@pytest.mark.parametrize("shape", [(12, 12, 12), (1, 16, 12)], ids=str)
def test_the_lean_generator_is_the_plain_one(shape):
    torch.manual_seed(0)
    plain = UNet3d(3, 2, 4, shape, lean=False)
    lean = copy.deepcopy(plain)
    lean.lean = True
    volumes = torch.randn(1, 3, *shape)
    (one, ours), (other, theirs) = gradients(plain, volumes), gradients(lean, volumes)
    assert torch.allclose(one, other, atol=1e-5)
    for mine, its in zip(ours, theirs, strict=True):
        assert torch.allclose(mine, its, rtol=1e-3, atol=1e-4 * mine.abs().max())


@pytest.mark.parametrize("spectral", [False, True])
def test_the_lean_discriminator_is_the_plain_one(spectral):
    torch.manual_seed(0)
    plain = PatchDiscriminator(3, 4, (16, 16, 16), spectral=spectral, lean=False)
    lean = copy.deepcopy(plain)
    lean.lean = True
    images, label = torch.randn(1, 2, 16, 16, 16), torch.randn(1, 1, 16, 16, 16)
    (one, ours), (other, theirs) = gradients(plain, images, label), gradients(lean, images, label)
    assert torch.allclose(one, other, atol=1e-5)
    for mine, its in zip(ours, theirs, strict=True):
        assert torch.allclose(mine, its, rtol=1e-3, atol=1e-5)
    # Repeating the activation must not make a further step of the power iteration.
    assert all(torch.equal(one, other) for one, other in zip(plain.buffers(), lean.buffers(), strict=True))


def test_spectral_norm_bounds_the_largest_singular_value():
    torch.manual_seed(0)
    network = PatchDiscriminator(3, 8, (12, 12, 12), spectral=True, lean=False)
    for _ in range(60):
        network(torch.randn(1, 2, 12, 12, 12), torch.randn(1, 1, 12, 12, 12))
    for convolution in network.convolutions:
        weight = convolution.weight.flatten(1)
        assert torch.linalg.matrix_norm(weight, 2).item() == pytest.approx(1.0, abs=0.02)


def step_of(presets, preset: str, **changed: object):
    """Give the function that makes a step of a preset at full size, for tensors without content."""
    settings = presets("models", preset, **{"lean": True, **changed})
    chosen = Pix2PixSettings(**{name: settings[name] for name in Pix2PixSettings.__dataclass_fields__})
    return empty_step(chosen, 4, FULL, 3)


@pytest.mark.parametrize(
    ("changed", "gigabytes"),
    [
        ({"lean": False, "precision": "fp32"}, 16.5),
        ({"lean": True, "precision": "fp32"}, 8.3),
        ({"lean": False, "precision": "bf16"}, 8.7),
        ({"lean": True, "precision": "bf16"}, 4.5),
    ],
    ids=["plain fp32", "lean fp32", "plain bf16", "lean bf16"],
)
def test_memory_at_full_size(presets, changed, gigabytes):
    """Weights, gradients, optimiser, running average and activations; the card's own needs come on top."""
    measured = footprint(step_of(presets, "thesis", batches="shared", condition="one_hot", **changed))
    assert measured.peak_bytes / 1e9 == pytest.approx(gigabytes, rel=0.02)
    # 15 convolutions in the generator and three passes of 5; the lean one splits three of its own.
    assert measured.convolutions == (33 if changed["lean"] else 30)
    # The same arithmetic, to the operation: 21.7 TFLOP.
    assert measured.operations / 1e12 == pytest.approx(21.74, abs=0.01)


def test_what_the_presets_need_at_full_size(presets):
    """The published step passes the generator twice; the default reuses the volume and adds terms of little cost."""
    thesis = footprint(step_of(presets, "thesis", precision="bf16"))
    default = footprint(step_of(presets, "default", precision="bf16", width=64))
    assert thesis.peak_bytes < 4.7e9
    assert default.peak_bytes < 4.7e9
    assert default.operations < 1.05 * 21.74e12
    assert thesis.operations / 1e12 == pytest.approx(28.3, abs=0.1)
