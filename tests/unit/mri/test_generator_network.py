"""What is around the generator's network: the painted label it starts from, grains of noise."""

import pytest
import torch

from syncohort.core.errors import InputError
from syncohort.mri.generator_network import Generator, Pix2PixSettings, draw_noise
from syncohort.mri.painted import class_brightness, classes_of, paint
from syncohort.mri.pairs import tensor
from syncohort.mri.pix2pix import CPU
from syncohort.mri.semantic_label import classes_told_apart, condition_channels, encode_label
from syncohort.mri.training import pix2pix_settings
from syncohort.training.task import RandomStream


def settings_of(presets, **changed: object) -> Pix2PixSettings:
    values = presets("models", "default", width=2, precision="fp32", **changed)
    return Pix2PixSettings(**{name: values[name] for name in Pix2PixSettings.__dataclass_fields__})


@pytest.mark.parametrize("condition", ["tissue", "one_hot"])
def test_a_network_that_corrects_nothing_leaves_the_painted_label(prepared, presets, condition):
    subject, settings = prepared[0], settings_of(presets, condition=condition, base="painted")
    brightness = class_brightness(prepared, classes_told_apart(condition, 3))
    generator = Generator(condition_channels(condition, 3), 4, settings, subject.label.shape)
    generator.start_from(brightness)
    torch.nn.init.zeros_(generator.network.last.weight)
    torch.nn.init.zeros_(generator.network.last.bias)
    label = tensor(encode_label(subject.label, subject.tissue, condition, 3), CPU)
    with torch.no_grad():
        made = generator(label, tensor((subject.tissue > 0)[None], CPU) > 0, RandomStream(1, CPU))[0].numpy()
    if condition == "tissue":
        assert made == pytest.approx(paint(subject, brightness), abs=1e-5)
    for place, expected in enumerate(brightness.T[1:], start=1):
        there = classes_of(subject, classes_told_apart(condition, 3)) == place
        assert made[:, there].mean(axis=1) == pytest.approx(expected, abs=1e-4)


def test_one_channel_cannot_be_painted(presets):
    with pytest.raises(InputError, match=r"^base is painted and condition is sum, and a label in one channel"):
        pix2pix_settings(presets("models", "default", condition="sum"), CPU)
    assert pix2pix_settings(presets("models", "default", condition="sum", base="none"), CPU).base == "none"


def test_coarse_grains_change_slowly(presets):
    settings = settings_of(presets, noise_channels=2, noise_scales=[1, 4])
    fine, coarse = draw_noise(settings, RandomStream(1, CPU), (16, 24, 22))
    assert fine.shape == coarse.shape == (1, 2, 16, 24, 22)
    for noise, least, most in ((fine, -0.1, 0.1), (coarse, 0.8, 1.0)):
        neighbours = torch.stack([noise[..., :-1].flatten(), noise[..., 1:].flatten()])
        assert least < torch.corrcoef(neighbours)[0, 1] < most
    assert not list(draw_noise(settings_of(presets, noise_channels=0), RandomStream(1, CPU), (16, 24, 22)))
