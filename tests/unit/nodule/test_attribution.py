"""Attributions of nodules to genes: they add up, silent genes get none, planted modules are found."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch

from syncohort.nodule.attribution import Attributions, attribute_features, rank_genes, rank_modules
from syncohort.nodule.features import FEATURES
from syncohort.nodule.genes import GeneScale
from syncohort.nodule.slices import BACKGROUND
from syncohort.nodule.soft_features import soft_features
from syncohort.nodule.trained_generator import encode, synthesise


@pytest.fixture(scope="module")
def backgrounds(slices):
    return slices.of(BACKGROUND).images[:3]


def features(generator, inputs, backgrounds, noise):
    """(profiles, features) mean over backgrounds of the smooth features of scaled expression."""
    network = generator.network()
    codes = encode(network, inputs.astype(np.float32))
    found = []
    for code in codes:
        made = synthesise(network, np.repeat(code[None], len(noise), axis=0), noise, backgrounds)
        found.append(soft_features(*(torch.as_tensor(values[:, None]) for values in made)).mean(dim=0)[: len(FEATURES)])
    return torch.stack(found).numpy()


@pytest.mark.parametrize("components", [None, 4], ids=["genes", "components"])
def test_attributions_add_up_to_the_difference_from_the_mean_patient(generator, expression, backgrounds, components):
    scale = GeneScale.fit(expression[:8], None, "zscore", components)
    trained, noise = replace(generator, scale=scale), generator.noise(3, 1)
    found = attribute_features(trained, trained.network(), expression[8:], expression[:8], backgrounds, noise)
    assert found.values.shape == (len(FEATURES), 4, 20)
    inputs = scale.apply(expression[8:]), scale.apply(expression[:8]).mean(axis=0, keepdims=True)
    wanted = features(trained, inputs[0], backgrounds, noise) - features(trained, inputs[1], backgrounds, noise)
    np.testing.assert_allclose(found.values.sum(axis=2).T, wanted, atol=0.1 * np.abs(wanted).max())


def test_a_gene_that_the_encoder_does_not_hear_moves_nothing(generator, expression, backgrounds):
    weights = dict(generator.weights)
    heard = weights["encoder.layers.0.weight"].clone()
    heard[:, 1:] = 0
    weights["encoder.layers.0.weight"] = heard
    deaf = replace(generator, weights=weights)
    found = attribute_features(deaf, deaf.network(), expression, expression, backgrounds, generator.noise(3, 1))
    assert np.abs(found.values[:, :, 1:]).max() == 0
    ranked = rank_genes(found)
    assert ranked[ranked["rank"] == 1]["gene"].tolist() == ["G0"] * len(FEATURES)
    assert ranked.groupby("feature")["attribution"].sum().to_numpy() == pytest.approx(1)


def made_up():
    """Of every feature the gradients are 3, −2, 0 and 1, whatever the patient."""
    differences = np.random.default_rng(0).normal(size=(50, 4))
    values = np.stack([differences * [3.0, -2.0, 0.0, 1.0]] * len(FEATURES))
    return Attributions(values, differences, ["A", "B", "C", "D"])


def test_direction_is_that_of_the_gradient():
    ranked = rank_genes(made_up())
    size = ranked[ranked["feature"] == "size"].set_index("gene")
    assert size["direction"].to_dict() == {"A": 1, "B": -1, "D": 1, "C": 0}
    assert size["rank"].tolist() == [1, 2, 3, 4]


def test_modules_by_hand():
    found = rank_modules(made_up(), {"first": ["A", "B", "absent"], "mixed": ["A", "C"], "all": list("ABCD")})
    size = found[found["feature"] == "size"].set_index("module")
    # A and B beat C and D in all four pairs; A beats B and D, C beats none.
    assert size.loc["first", ["genes", "auc"]].tolist() == [2, 1.0]
    assert size.loc["mixed", "auc"] == pytest.approx(0.5)
    assert np.isnan(size.loc["all", "auc"])
    assert isinstance(found, pd.DataFrame)
    assert len(found) == 3 * len(FEATURES)
