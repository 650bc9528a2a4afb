"""Painted labels and the appearance of subjects: known ones are found, drawn ones are like those of subjects."""

import numpy as np
import pytest
import torch

from syncohort.mri.generator_network import Generator, Pix2PixSettings
from syncohort.mri.painted import PaintedBase, class_brightness, classes_of, fit_appearance, fit_drift, paint, waves
from syncohort.mri.pairs import tensor
from syncohort.mri.pix2pix import CPU
from syncohort.mri.preparation import BACKGROUND, PreparedSubject
from syncohort.mri.semantic_label import classes_told_apart, condition_channels, encode_label
from syncohort.training.task import RandomStream


def field_of(drift: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """The drift as a field (modalities, z, y, x)."""
    along = [waves(length, drift.shape[-1]) for length in shape]
    return np.einsum("mijk,iz,jy,kx->mzyx", drift, *along)


def drifting(subject: PreparedSubject, brightness: np.ndarray, drift: np.ndarray) -> np.ndarray:
    field = field_of(drift, subject.label.shape)
    return BACKGROUND + (paint(subject, brightness) - BACKGROUND) * (1 + field)


def strength(fields: np.ndarray, subject: PreparedSubject) -> float:
    return float(np.sqrt(np.square(fields[:, subject.tissue > 0]).mean()))


def test_waves_by_hand():
    half = np.sqrt(0.5)
    assert waves(2, 3) == pytest.approx(np.array([[1, 1], [half, -half], [0, 0]]), abs=1e-12)


def test_a_known_drift_is_found(prepared):
    subject, brightness = prepared[0], class_brightness(prepared)
    drift = np.random.default_rng(1).normal(0, 0.02, (4, 3, 3, 3))
    images = drifting(subject, brightness, drift)
    volumes = np.concatenate([images, subject.volumes[-2:]])
    found = fit_drift(PreparedSubject(volumes, subject.description), brightness, 3)
    expected, missing = field_of(drift, subject.label.shape), field_of(found - drift, subject.label.shape)
    assert strength(missing, subject) < 0.1 * strength(expected, subject)


def test_without_waves_nothing_drifts(prepared):
    brightness = class_brightness(prepared)
    assert fit_drift(prepared[0], brightness, 0).shape == (4, 0, 0, 0)
    assert not PaintedBase(brightness, 0).appearance(prepared[0]).any()


def test_a_class_of_a_brightness_of_its_own_is_found(prepared):
    subject, brightness = prepared[0], class_brightness(prepared)
    brighter = brightness.copy()
    brighter[1, 3] += 0.1
    volumes = np.concatenate([paint(subject, brighter), subject.volumes[-2:]])
    found = fit_appearance(PreparedSubject(volumes, subject.description), brightness, 2)
    added, drift = np.split(found, [brightness.size])
    assert added.reshape(brightness.shape) == pytest.approx(brighter - brightness, abs=1e-3)
    assert drift == pytest.approx(0, abs=1e-3)


def test_drawn_appearances_go_together_as_those_of_subjects(prepared, presets):
    values = presets("models", "default", width=2, precision="fp32", drift_waves=2)
    settings = Pix2PixSettings(**{name: values[name] for name in Pix2PixSettings.__dataclass_fields__})
    base = PaintedBase(class_brightness(prepared), 2)
    assert base.appearance(prepared[0]) is base.appearance(prepared[0]), "kept once found"
    found = np.stack([base.appearance(subject) for subject in prepared])
    generator = Generator(7, 4, settings, prepared[0].label.shape)
    generator.start_from(base.brightness, found)
    # Drawn as standard normals times the rows, appearances have the second moments of those found.
    expected = found.T @ found / len(found)
    assert (generator.variation.T @ generator.variation).numpy() == pytest.approx(expected, abs=1e-5)
    assert not generator.mean_appearance().any()


@pytest.mark.parametrize("condition", ["tissue", "one_hot"])
def test_a_network_that_corrects_nothing_leaves_the_painted_label(prepared, presets, condition):
    values = presets("models", "default", width=2, precision="fp32", condition=condition, drift_waves=3)
    settings = Pix2PixSettings(**{name: values[name] for name in Pix2PixSettings.__dataclass_fields__})
    subject, told_apart = prepared[0], classes_told_apart(condition, 3)
    brightness = class_brightness(prepared, told_apart)
    drift = np.random.default_rng(3).normal(0, 0.02, (4, 3, 3, 3))
    generator = Generator(condition_channels(condition, 3), 4, settings, subject.label.shape)
    appearance = np.concatenate([np.zeros(brightness.size), drift.ravel()])
    generator.start_from(brightness, appearance[None])
    torch.nn.init.zeros_(generator.network.last.weight)
    torch.nn.init.zeros_(generator.network.last.bias)
    label = tensor(encode_label(subject.label, subject.tissue, condition, 3), CPU)
    brain = tensor((subject.tissue > 0)[None], CPU) > 0

    def made(appearance: torch.Tensor | None) -> np.ndarray:
        with torch.no_grad():
            return generator(label, brain, RandomStream(1, CPU), appearance)[0].numpy()

    even = made(generator.mean_appearance())
    for place, expected in enumerate(brightness.T[1:], start=1):
        assert even[:, classes_of(subject, told_apart) == place].mean(axis=1) == pytest.approx(expected, abs=1e-4)
    if condition == "tissue":
        expected = drifting(subject, brightness, drift).clip(-0.98, 0.98)
        inside = subject.tissue > 0
        assert made(torch.from_numpy(appearance).float())[:, inside] == pytest.approx(expected[:, inside], abs=1e-4)
    assert not np.array_equal(made(None), even), "without any given, one is drawn"


def test_a_given_appearance_leaves_the_streams_in_step(prepared, presets):
    values = presets("models", "default", width=2, precision="fp32", drift_waves=2)
    settings = Pix2PixSettings(**{name: values[name] for name in Pix2PixSettings.__dataclass_fields__})
    generator = Generator(7, 4, settings, prepared[0].label.shape)
    label, brain = torch.zeros(1, 7, *prepared[0].label.shape), torch.ones(1, 1, *prepared[0].label.shape) > 0
    streams = [RandomStream(1, CPU), RandomStream(1, CPU)]
    for stream, appearance in zip(streams, (None, generator.mean_appearance()), strict=True):
        generator(label, brain, stream, appearance)
    assert torch.equal(streams[0].normal(3), streams[1].normal(3))
