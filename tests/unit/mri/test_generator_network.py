"""What is around the generator's network: the painted label it starts from, grains of noise."""

import torch

from syncohort.mri.generator_network import Pix2PixSettings, draw_noise
from syncohort.mri.pix2pix import CPU
from syncohort.training.task import RandomStream


def settings_of(presets, **changed: object) -> Pix2PixSettings:
    values = presets("models", "default", width=2, precision="fp32", **changed)
    return Pix2PixSettings(**{name: values[name] for name in Pix2PixSettings.__dataclass_fields__})


def test_coarse_grains_change_slowly(presets):
    settings = settings_of(presets, noise_channels=2, noise_scales=[1, 4])
    fine, coarse = draw_noise(settings, RandomStream(1, CPU), (16, 24, 22))
    assert fine.shape == coarse.shape == (1, 2, 16, 24, 22)
    for noise, least, most in ((fine, -0.1, 0.1), (coarse, 0.8, 1.0)):
        neighbours = torch.stack([noise[..., :-1].flatten(), noise[..., 1:].flatten()])
        assert least < torch.corrcoef(neighbours)[0, 1] < most
    assert not list(draw_noise(settings_of(presets, noise_channels=0), RandomStream(1, CPU), (16, 24, 22)))
