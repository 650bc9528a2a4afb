"""Training of the radiogenomic GAN: presets, resumed to the bit, and genes that come through to held-out patients."""

import numpy as np
import pandas as pd
import pytest
import torch

from syncohort.core.errors import InputError
from syncohort.core.schema import read_schema
from syncohort.core.splits import TRAIN, VALIDATION
from syncohort.nodule.gan import RadiogenomicGan
from syncohort.nodule.gan_settings import GanSettings
from syncohort.nodule.material import Material
from syncohort.nodule.trained_generator import TrainedGenerator, encode, synthesise
from syncohort.nodule.training import network_size, train_generator
from syncohort.training.interruption import Interrupted
from syncohort.training.job import Job
from syncohort.training.trainer import Trainer

CPU = torch.device("cpu")
SMALL = {"width": 2, "code": 6, "noise": 3, "batch_size": 8, "precision": "fp32", "max_steps": 6, "validate_every": 2}


def settings(preset="default", **changed):
    rules = read_schema("cohort")["properties"]["nodule"]["properties"]["models"]["additionalProperties"]["properties"]
    values = {key: rule["presets"][preset] for key, rule in rules.items() if "presets" in rule}
    return {"preset": preset, **values, **SMALL, **changed}


@pytest.fixture
def roles(slices):
    names = np.unique(slices.patients)
    table = pd.DataFrame({"patient_id": names, "fold0": [TRAIN] * 8 + [VALIDATION] * 4})
    return slices.by_role(table, "fold0")


@pytest.mark.parametrize("preset", ["default", "paper", "source"])
def test_every_preset_trains(roles, expression, tmp_path, preset):
    generator, trained = train_generator(roles, expression, settings(preset), "data", Job(1, tmp_path))
    losses = ["discriminator_loss", "generator_loss", "background"] + ["features"] * (preset == "default")
    assert list(trained.history) == ["step", *losses, "monitor", "monitor_smoothed"]
    assert trained.history["step"].tolist() == [2, 4, 6]
    assert np.isfinite(trained.history.to_numpy()).all()
    trained.checkpoint.remove()
    generator.save(tmp_path / "model.safetensors", tmp_path / "model.json", {})
    again = TrainedGenerator.load(tmp_path / "model.safetensors", tmp_path / "model.json")
    assert again.size == generator.size
    codes = encode(again.network(), again.profiles(expression.iloc[:2]))
    assert codes.shape == (2, 6)
    images, shares = synthesise(again.network(), codes, again.noise(2, 1), roles[TRAIN].images[:2])
    assert images.shape == shares.shape == (2, 32, 32)
    assert np.abs(images).max() <= 1
    assert 0 <= shares.min() <= shares.max() <= 1


@pytest.mark.parametrize("preset", ["default", "mc-gan", "in-painting"])
def test_without_genes_no_expression_is_needed(roles, tmp_path, preset):
    generator, trained = train_generator(roles, None, settings(preset, conditioned=False), "data", Job(1, tmp_path))
    trained.checkpoint.remove()
    assert generator.scale is None
    assert generator.profiles(pd.DataFrame(index=["A", "B"])).shape == (2, 0)


def test_a_training_that_was_stopped_gives_the_same_weights(roles, expression, tmp_path, monkeypatch):
    whole, trained = train_generator(roles, expression, settings(), "data", Job(1, tmp_path / "a"))
    trained.checkpoint.remove()
    asked = Trainer._finished

    def stop_at_three(self):
        if self.step == 3:
            self._save()
            raise Interrupted
        return asked(self)

    monkeypatch.setattr(Trainer, "_finished", stop_at_three)
    with pytest.raises(Interrupted):
        train_generator(roles, expression, settings(), "data", Job(1, tmp_path / "b"))
    monkeypatch.undo()
    resumed, again = train_generator(roles, expression, settings(), "data", Job(1, tmp_path / "b"))
    again.checkpoint.remove()
    pd.testing.assert_frame_equal(trained.history, again.history)
    for name, value in whole.weights.items():
        assert torch.equal(value, resumed.weights[name]), name


def test_patients_without_expression_are_refused(roles, expression, tmp_path):
    with pytest.raises(InputError, match="0 of the 8 train patients with CT have expression"):
        train_generator(roles, expression.set_axis([f"X{n}" for n in range(12)]), settings(), "d", Job(1, tmp_path))


def test_the_running_average_holds_what_batch_norm_counted(roles):
    patients = np.unique(roles[TRAIN].patients).tolist()
    genes = np.random.default_rng(0).normal(size=(len(patients), 5)).astype(np.float32)
    values = settings(average_decay=0.75)
    material, size = Material(roles[TRAIN], patients, genes, CPU), network_size(values, 5, 32)
    gan = RadiogenomicGan(material, size, GanSettings.of(values, CPU), lambda _: 0.0, 1, CPU)
    before = {name: value.clone() for name, value in gan.average.state_dict().items()}
    gan.step()
    now, average = gan.networks.state_dict(), gan.average.state_dict()
    for name in ("generator.styles.0.layers.1.running_mean", "generator.head.weight"):
        assert not now[name].equal(before[name])
        torch.testing.assert_close(average[name], 0.75 * before[name] + 0.25 * now[name])
