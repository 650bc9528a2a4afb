"""Training on phantoms: the losses by hand, images that get better, a killed training that ends as one left alone."""

import os
import signal

import numpy as np
import pytest
import torch

from syncohort.mri.generator_network import Pix2PixSettings
from syncohort.mri.losses import local_mean
from syncohort.mri.pix2pix import CPU, Pix2Pix
from syncohort.mri.prepared_cohort import data_checksum
from syncohort.mri.semantic_label import place_tumour
from syncohort.mri.trained_generator import TrainedGenerator
from syncohort.mri.training import (
    pix2pix_settings,
    train_generator,
    validation_distance,
)
from syncohort.training.distributed import ALONE, ProcessGroup
from syncohort.training.interruption import Interrupted
from syncohort.training.job import Job
from syncohort.training.task import RandomStream

SMALL = {"width": 4, "precision": "fp32", "max_steps": 6, "validate_every": 3, "tumour_shift": 1}


@pytest.fixture
def subjects(prepared):
    """Six to train on and two to look at, with the checksums that files have."""
    for number, subject in enumerate(prepared):
        subject.description["sha256"] = f"{number:064d}"
    return {"train": prepared[:6], "validation": prepared[6:]}


def task_of(prepared, settings: dict, seed: int = 1, group: ProcessGroup = ALONE) -> Pix2Pix:
    model = Pix2PixSettings(**{name: settings[name] for name in Pix2PixSettings.__dataclass_fields__})
    return Pix2Pix(prepared, model, lambda generator: 0.0, seed, CPU, group)


def test_the_published_losses(subjects, presets):
    task = task_of(subjects["train"], presets("models", "thesis", **SMALL, spectral_norm=False))
    batch = task.draw()
    assert not batch.matched
    assert batch.condition.shape == (1, 1, 16, 24, 24)
    assert not torch.equal(batch.own, batch.condition)
    fake = task.generate(batch)
    with torch.no_grad():
        real_judged = task.discriminator(batch.images, batch.own)[-1]
        fake_judged = task.discriminator(fake, batch.condition)[-1]
    expected = ((real_judged - 1) ** 2).mean() / 2 + (fake_judged**2).mean() / 2
    before = [value.clone() for value in task.generator.parameters()]
    assert task.update_discriminator(batch, fake.detach()) == pytest.approx(float(expected), rel=1e-4)
    assert all(torch.equal(one, other) for one, other in zip(before, task.generator.parameters(), strict=True))
    with torch.no_grad():
        expected = ((task.discriminator(fake, batch.condition)[-1] - 1) ** 2).mean()
    judges = [value.clone() for value in task.discriminator.parameters()]
    losses = task.update_generator(batch, fake)
    assert list(losses) == ["generator_loss"]
    assert losses["generator_loss"] == pytest.approx(float(expected), rel=1e-4)
    assert all(torch.equal(one, other) for one, other in zip(judges, task.discriminator.parameters(), strict=True))
    # Without a running average the kept weights are the last ones.
    kept = task.weights()["generator.network.last.weight"]
    assert torch.equal(kept, task.generator.network.last.weight)
    # Adam's first step is the learning rate for every weight that has a gradient of any size.
    change = (task.generator.network.last.bias - before[-1]).abs()
    assert change.detach() == pytest.approx(torch.full((4,), 1e-4), rel=1e-2)


def test_the_default_knows_its_pairs_and_the_background(subjects, presets):
    settings = presets("models", "default", **SMALL)
    task = task_of(subjects["train"], {**settings, "matched_share": 1.0})
    batch = task.draw()
    assert batch.matched
    assert batch.own is batch.condition
    assert batch.condition.shape == (1, 7, 16, 24, 24)
    fake = task.generate(batch)
    assert (fake[:, :, ~batch.brain[0, 0]] == -1).all()
    assert not torch.equal(fake, task.generate(batch)), "another noise, another image"
    means = [local_mean(images) for images in (fake, batch.images)]
    expected = (means[0] - means[1]).abs()[batch.brain.expand_as(fake)].mean().detach()
    losses = task.update_generator(batch, fake)
    assert losses["reconstruction"] == pytest.approx(float(expected), rel=1e-4)
    crossed = task_of(subjects["train"], {**settings, "matched_share": 0.0, "feature_matching": 1.0})
    losses = crossed.step()
    assert list(losses) == ["discriminator_loss", "generator_loss", "reconstruction", "texture", "feature_matching"]
    assert losses["reconstruction"] == losses["texture"] == losses["feature_matching"] == 0


def test_training_makes_images_more_alike(subjects, presets, tmp_path):
    rates = {"generator_learning_rate": 2e-3, "discriminator_learning_rate": 4e-4, "average_decay": 0.9}
    course = {"width": 8, "max_steps": 40, "validate_every": 10}
    # A painted label would know the brightness of each class beforehand.
    settings = presets("models", "default", **{**SMALL, **rates, **course, "base": "none"})
    generator, trained = train_generator(subjects, settings, Job(2, tmp_path))
    trained.checkpoint.remove()
    assert trained.history["monitor"].iloc[-1] < 0.85 * trained.history["monitor"].iloc[0]
    path = tmp_path / "model.safetensors", tmp_path / "model.json"
    generator.save(*path, {"best_step": trained.best_step})
    again = TrainedGenerator.load(*path)
    assert (again.modalities, again.shape, again.tissue_classes) == (["t1", "t1ce", "t2", "flair"], [16, 24, 24], 3)
    brain, other = subjects["validation"]
    tumour = place_tumour(other.label, brain.tissue)
    made = again.synthesise(again.network(), tumour, brain.tissue, seed=1)
    assert made.shape == (4, 16, 24, 24)
    assert np.array_equal(made, generator.synthesise(generator.network(), tumour, brain.tissue, seed=1))
    assert not np.array_equal(made, again.synthesise(again.network(), tumour, brain.tissue, seed=2))
    # T1 tells CSF from white matter, as the label does.
    assert made[0][(brain.tissue == 1) & (tumour == 0)].mean() < made[0][(brain.tissue == 3) & (tumour == 0)].mean()


@pytest.mark.parametrize("preset", ["default", "thesis"])
def test_a_killed_training_goes_on_to_the_same_weights(subjects, presets, tmp_path, monkeypatch, preset):
    settings = presets("models", preset, **SMALL, spectral_norm=True)
    whole, trained = train_generator(subjects, settings, Job(3, tmp_path / "whole"))
    trained.checkpoint.remove()
    steps, step = [], Pix2Pix.step

    def killed(task: Pix2Pix) -> dict[str, torch.Tensor]:
        steps.append(1)
        if len(steps) == 4:
            os.kill(os.getpid(), signal.SIGTERM)
        return step(task)

    monkeypatch.setattr(Pix2Pix, "step", killed)
    with pytest.raises(Interrupted):
        train_generator(subjects, settings, Job(3, tmp_path / "killed"))
    again, resumed = train_generator(subjects, settings, Job(3, tmp_path / "killed"))
    assert len(steps) == 6
    resumed.checkpoint.remove()
    assert resumed.history.equals(trained.history)
    assert all(torch.equal(whole.weights[name], again.weights[name]) for name in whole.weights)


def test_the_monitor_sees_blur_and_not_only_distance(subjects, presets):
    settings = Pix2PixSettings(
        **{name: presets("models", "default", **SMALL)[name] for name in Pix2PixSettings.__dataclass_fields__}
    )
    distance = validation_distance(subjects["validation"], settings, 1, CPU)
    images = iter([torch.tensor(np.array(one.images, dtype=np.float32))[None] for one in subjects["validation"] * 3])
    assert distance(lambda *_: next(images)) == 0
    flat = distance(lambda *_: next(images).mean(dim=(2, 3, 4), keepdim=True).expand(1, 4, 16, 24, 24))
    noisy = distance(lambda *_: next(images) + 0.02)
    assert flat > 0.1 > noisy > 0.01


def test_the_identity_of_the_data(subjects):
    train, validation = subjects["train"], subjects["validation"]
    assert data_checksum(train, validation) == data_checksum(train, validation)
    assert data_checksum(train, validation) != data_checksum(train[1:], [*validation, train[0]])


def test_precision_is_chosen_from_the_device(presets, monkeypatch):
    for answer, precision in ((True, "bf16"), (False, "fp32")):
        monkeypatch.setattr("syncohort.training.device.has_bf16_units", lambda device, answer=answer: answer)
        assert pix2pix_settings(presets("models", "default"), CPU).precision == precision
    assert pix2pix_settings(presets("models", "default", precision="bf16"), CPU).precision == "bf16"


def test_each_process_has_a_pair_and_noise_of_its_own(subjects, presets):
    settings = presets("models", "default", **SMALL)
    alone = task_of(subjects["train"], settings)
    expected, noise = [alone.draw(), alone.draw()], RandomStream(1, CPU).normal(2, 3)
    for rank in range(2):
        task = task_of(subjects["train"], settings, group=ProcessGroup(rank, 2))
        batch = task.draw()
        assert torch.equal(batch.condition, expected[rank].condition)
        assert torch.equal(batch.images, expected[rank].images)
        assert torch.equal(task.noise.normal(1, 3), noise[rank : rank + 1])
        # In step for the next minibatch, and for a checkpoint that the first process writes for both.
        assert torch.equal(task.draws.state_dict()["state"], alone.draws.state_dict()["state"])


def test_two_processes_share_the_losses_and_gradients_of_a_step(subjects, presets, monkeypatch):
    monkeypatch.setattr("torch.distributed.all_reduce", lambda tensor: None)
    settings = presets("models", "default", **SMALL)
    one, half = (task_of(subjects["train"], settings, group=group) for group in (ALONE, ProcessGroup(0, 2)))
    batch = one.draw()
    fake = one.generate(batch).detach()
    whole, part = (task.update_discriminator(batch, fake) for task in (one, half))
    assert part == pytest.approx(float(whole) / 2, rel=1e-5)
    for ours, theirs in zip(one.discriminator.parameters(), half.discriminator.parameters(), strict=True):
        torch.testing.assert_close(theirs.grad, ours.grad / 2)
