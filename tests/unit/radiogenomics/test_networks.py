"""The autoencoder and the network: shapes, constraints, transferred weights, resumed training and attributions."""

from itertools import pairwise

import numpy as np
import pytest
import torch

from syncohort.core.defaults import default_of
from syncohort.core.kinds import read_kind
from syncohort.radiogenomics.attribution import attribute_predictions
from syncohort.radiogenomics.networks import Autoencoder, Regressor
from syncohort.radiogenomics.predictors import network as kind
from syncohort.training.checkpoint import Checkpoint
from syncohort.training.trainer import Schedule, Trainer

CPU = torch.device("cpu")
LAYERS = [40, 20, 10, 5]
DEFAULTS = {
    name: default_of(rule, {"preset": "default"})
    for name, rule in read_kind("network", "radiogenomics").settings.items()
} | {"learning_rate": 0.3, "decay": 0.00005}


@pytest.fixture(scope="module")
def planted():
    """A hundred patients, scaled; the first feature follows the first ten genes."""
    rng = np.random.default_rng(0)
    factor = rng.normal(size=100)
    expression = rng.normal(size=(100, 60))
    expression[:, :10] += 2 * factor[:, None]
    expression = (expression - expression.mean(axis=0)) / np.ptp(expression, axis=0)
    features = np.stack([0.5 + 0.12 * factor, rng.uniform(0.2, 0.8, 100)], axis=1).clip(0, 1)
    return expression.astype(np.float32), features.astype(np.float32)


def task(planted, seed=1, encoder=(), **settings):
    expression, features = planted
    parts = [(expression[:70], features[:70]), (expression[70:], features[70:])]
    return kind.task(*parts, DEFAULTS | {"pretrained": False} | settings, LAYERS, dict(encoder), seed, CPU)


def test_published_sizes():
    shapes = [tuple(layer.weight.shape) for layer in Autoencoder(12042, [2000, 1000, 500], 0).layers]
    sizes = [12042, 2000, 1000, 500, 1000, 2000, 12042]
    assert shapes == [(units, inputs) for inputs, units in pairwise(sizes)]


def test_the_network_starts_from_the_autoencoder(planted):
    encoder = {name: value.numpy() for name, value in Autoencoder(60, LAYERS[:3], 3).state_dict().items()}
    pretrained = task(planted, encoder=encoder, pretrained=True).network
    for number in range(3):
        np.testing.assert_array_equal(pretrained.layers[number].weight.detach(), encoder[f"layers.{number}.weight"])
    fresh = task(planted).network
    assert not np.array_equal(fresh.layers[0].weight.detach(), encoder["layers.0.weight"])


@pytest.mark.parametrize(("which", "layers"), [("output", [4]), ("all", range(5)), ("none", [])])
def test_weights_stay_at_zero_or_above_where_asked(planted, which, layers):
    running = task(planted, non_negative=which)
    for _ in range(20):
        running.step()
    signs = [bool((layer.weight >= 0).all()) for layer in running.network.layers]
    assert [number for number, sign in enumerate(signs) if sign] == list(layers)


def test_dropout_is_for_training_alone(planted):
    network = Regressor(60, LAYERS, 2, dropout=0.5, seed=1)
    inputs = torch.as_tensor(planted[0])
    stream = torch.Generator().manual_seed(1)
    network.train()
    assert not torch.equal(network(inputs, stream), network(inputs, stream))
    network.eval()
    assert torch.equal(network(inputs, stream), network(inputs, stream))
    dropped = network.train()._drop(torch.ones(1000, 1000), stream)
    assert (dropped == 0).float().mean() == pytest.approx(0.5, abs=0.01)
    assert dropped.mean() == pytest.approx(1, abs=0.01)


def test_the_learning_rate_decays_as_in_keras(planted):
    running = task(planted, learning_rate=0.2, decay=0.5)
    rates = []
    for _ in range(3):
        rates.append(running.optimiser.param_groups[0]["lr"])
        running.step()
    assert rates == pytest.approx([0.2, 0.2 / 1.5, 0.2 / 2])


def train(running, folder, steps=200):
    """Train with a checkpoint after every step."""
    checkpoint = Checkpoint(folder, "the same")
    trained = Trainer(running, Schedule(steps, 20, 0, 0.6, checkpoint_seconds=0), checkpoint, CPU).fit()
    checkpoint.remove()
    return trained


def test_an_interrupted_training_gives_the_same_network(planted, tmp_path, monkeypatch):
    alone = train(task(planted), tmp_path / "alone")
    dying, steps = task(planted), iter(range(90))
    step = dying.step
    monkeypatch.setattr(dying, "step", lambda: step() if next(steps, None) is not None else 1 / 0)
    with pytest.raises(ZeroDivisionError):
        train(dying, tmp_path / "again")
    again = train(task(planted), tmp_path / "again")
    assert again.history.equals(alone.history)
    for name, weights in alone.weights.items():
        assert torch.equal(weights, again.weights[name])


def test_it_finds_what_is_planted_and_names_its_genes(planted, tmp_path):
    expression, features = planted
    trained = train(task(planted), tmp_path, steps=1500)
    weights = {name: value.numpy() for name, value in trained.weights.items()}
    predicted = kind.predict(weights, expression[70:])
    assert np.corrcoef(predicted[:, 0], features[70:, 0])[0, 1] > 0.75
    attributed = attribute_predictions(weights, expression[70:])
    assert attributed.shape == (2, 60)
    assert set(np.argsort(-attributed[0])[:5]) <= set(range(10))
