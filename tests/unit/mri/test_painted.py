"""Painted labels and the drift of brightness: known drifts are found, drawn ones are as strong as those of subjects."""

import numpy as np
import pytest
import torch

from syncohort.mri.generator_network import Generator, Pix2PixSettings
from syncohort.mri.painted import PaintedBase, class_brightness, classes_of, fit_drift, paint, waves
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
    assert fit_drift(prepared[0], class_brightness(prepared), 0).shape == (4, 0, 0, 0)


def test_drawn_drifts_are_as_strong_as_those_of_subjects(prepared):
    base = PaintedBase(class_brightness(prepared), 4)
    drifts = np.stack([base.drift(subject) for subject in prepared])
    assert base.drift(prepared[0]) is base.drift(prepared[0]), "kept once found"
    spread, rng = np.sqrt(np.square(drifts).mean(axis=0)), np.random.default_rng(2)
    drawn = [spread * rng.normal(size=spread.shape) for _ in prepared]
    shape = prepared[0].label.shape
    own, others = (
        np.mean([strength(field_of(drift, shape), subject) for drift, subject in zip(drifts, prepared, strict=True)])
        for drifts in (drifts, drawn)
    )
    assert 0.75 * own < others < 1.33 * own


@pytest.mark.parametrize("condition", ["tissue", "one_hot"])
def test_a_network_that_corrects_nothing_leaves_the_painted_label(prepared, presets, condition):
    values = presets("models", "default", width=2, precision="fp32", condition=condition, drift_waves=3)
    settings = Pix2PixSettings(**{name: values[name] for name in Pix2PixSettings.__dataclass_fields__})
    subject, told_apart = prepared[0], classes_told_apart(condition, 3)
    brightness = class_brightness(prepared, told_apart)
    drift = np.random.default_rng(3).normal(0, 0.02, (4, 3, 3, 3))
    generator = Generator(condition_channels(condition, 3), 4, settings, subject.label.shape)
    generator.start_from(brightness, drift[None])
    torch.nn.init.zeros_(generator.network.last.weight)
    torch.nn.init.zeros_(generator.network.last.bias)
    label = tensor(encode_label(subject.label, subject.tissue, condition, 3), CPU)
    brain = tensor((subject.tissue > 0)[None], CPU) > 0

    def made(drift: torch.Tensor | None) -> np.ndarray:
        with torch.no_grad():
            return generator(label, brain, RandomStream(1, CPU), drift)[0].numpy()

    even = made(generator.even_drift())
    for place, expected in enumerate(brightness.T[1:], start=1):
        assert even[:, classes_of(subject, told_apart) == place].mean(axis=1) == pytest.approx(expected, abs=1e-4)
    if condition == "tissue":
        expected = drifting(subject, brightness, drift).clip(-0.98, 0.98)
        inside = subject.tissue > 0
        assert made(torch.from_numpy(drift).float())[:, inside] == pytest.approx(expected[:, inside], abs=1e-4)
    assert not np.array_equal(made(None), even), "without any given, one is drawn"


def test_a_given_drift_leaves_the_streams_in_step(prepared, presets):
    values = presets("models", "default", width=2, precision="fp32", drift_waves=2)
    settings = Pix2PixSettings(**{name: values[name] for name in Pix2PixSettings.__dataclass_fields__})
    generator = Generator(7, 4, settings, prepared[0].label.shape)
    label, brain = torch.zeros(1, 7, *prepared[0].label.shape), torch.ones(1, 1, *prepared[0].label.shape) > 0
    streams = [RandomStream(1, CPU), RandomStream(1, CPU)]
    for stream, drift in zip(streams, (None, generator.even_drift()), strict=True):
        generator(label, brain, stream, drift)
    assert torch.equal(streams[0].normal(3), streams[1].normal(3))
