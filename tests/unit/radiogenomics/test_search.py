"""The choice of a learning rate: what is tried, what is chosen, and who may take part in it."""

import numpy as np
import pandas as pd
import pytest

from syncohort.core.defaults import default_of
from syncohort.core.kinds import read_kind
from syncohort.radiogenomics.finished import Finished
from syncohort.radiogenomics.fold import Fold, inner_folds, reported_fold
from syncohort.radiogenomics.scaling import Scaling
from syncohort.radiogenomics.search import choose_point, grid, summarise_searches
from syncohort.radiogenomics.training import finished_trainings, train_network, try_points
from syncohort.training.job import Job

RATES = {"learning_rates": [0.1, 0.3], "decays": [0.0, 1e-4, 1e-2]}
LAYERS = [12, 8, 6, 4]


def searched(errors, model="network", split="fold0"):
    """A table with the error of each learning rate in each inner fold."""
    rows = [(rate, 0.0, fold, error) for rate, row in errors.items() for fold, error in enumerate(row)]
    table = pd.DataFrame(rows, columns=["learning_rate", "decay", "fold", "error"])
    return table.assign(model=model, split=split)


@pytest.fixture(scope="module")
def fold():
    """Forty training and ten held-out patients; the feature is the mean of all genes."""
    rng = np.random.default_rng(0)
    expression = rng.uniform(-0.5, 0.5, (50, 6)).astype(np.float32) + rng.uniform(-0.5, 0.5, (50, 1)).astype(np.float32)
    features = 20 + 10 * expression.mean(axis=1, keepdims=True)
    scaling = Scaling.fit(expression, features)
    names = [f"P{number}" for number in range(50)]
    return Fold(
        expression[10:], scaling.scale_features(features[10:]), np.arange(40) < 8, expression, np.arange(50) < 8,
        names[10:], names[:10], expression[:10], features[:10], scaling,
    )  # fmt: skip


def test_every_pair_is_a_point_of_the_grid():
    assert len(grid(RATES)) == 6
    assert grid(RATES)[0] == {"learning_rate": 0.1, "decay": 0.0}
    assert grid({"learning_rates": [0.2], "decays": [0.0]}) == [{"learning_rate": 0.2, "decay": 0.0}]
    assert grid({"units": 3}) == [{}]


def test_the_published_grids_hold_what_was_chosen():
    rules = read_kind("network", "radiogenomics").settings
    published = {name: default_of(rules[name], {"preset": "paper"}) for name in ("learning_rates", "decays")}
    assert len(grid(published)) == 18 * 5
    assert {"learning_rate": 0.3, "decay": 0.00005} in grid(published)
    linear = read_kind("elastic-net", "radiogenomics").settings
    assert default_of(linear["penalties"], {"preset": "paper"}) == 4000
    assert default_of(linear["l1_ratios"], {"preset": "paper"}) == pytest.approx(np.arange(21) * 0.05)


def test_the_least_mean_error_is_chosen():
    assert choose_point([searched({0.1: [5, 1], 0.3: [2, 2]})], RATES)["learning_rate"] == 0.3
    assert choose_point([searched({0.1: [1, 1], 0.3: [1, 1]})], RATES)["learning_rate"] == 0.1
    assert choose_point([], {"learning_rates": [0.2], "decays": [0.1]}) == {"learning_rate": 0.2, "decay": 0.1}


def test_strict_folds_choose_for_themselves_and_published_ones_together():
    tables = [searched({0.1: [1, 1], 0.3: [2, 2]}), searched({0.1: [9, 9], 0.3: [3, 3]}, split="fold1")]
    strict = summarise_searches(tables, "strict").query("chosen")
    assert strict[["split", "learning_rate", "error"]].to_numpy().tolist() == [["fold0", 0.1, 1], ["fold1", 0.3, 3]]
    assert strict["trainings"].tolist() == [2, 2]
    published = summarise_searches(tables, "paper").query("chosen")
    assert published["learning_rate"].tolist() == [0.3, 0.3]
    pretraining = [table.assign(model="autoencoder") for table in tables]
    assert summarise_searches(pretraining, "paper").query("chosen")["learning_rate"].tolist() == [0.1, 0.3]


def test_nothing_searched_is_an_empty_table():
    assert list(summarise_searches([], "strict")) == [
        "model", "split", "learning_rate", "decay", "error", "trainings", "chosen",
    ]  # fmt: skip


def test_inner_folds_are_parts_of_the_training_patients(fold):
    inner = inner_folds(fold, 3, seed=1)
    assert np.sum([part.validation for part in inner], axis=0).tolist() == [1] * 40
    assert all(part.expression is fold.expression and 12 < part.validation.sum() < 15 for part in inner)


def test_the_reported_fold_is_chosen_by_its_held_out_patients(fold):
    reported = reported_fold(fold)
    np.testing.assert_array_equal(reported.expression[reported.validation], fold.test_expression)
    np.testing.assert_allclose(
        fold.scaling.restore_features(reported.features[reported.validation]), fold.test_features
    )
    np.testing.assert_array_equal(reported.expression[~reported.validation], fold.expression)


def settings(**given):
    rules = read_kind("network", "radiogenomics").settings
    defaults = {name: default_of(rule, {"preset": "default"}) for name, rule in rules.items()}
    return defaults | {"kind": "network", "pretrained": False, "dropout": 0.0, "max_steps": 200} | given


def search(fold, folder, given, seen=None):
    """Search as the workflow does; `seen` collects the trainings that are run."""

    def train(part, chosen):
        if seen is not None:
            seen.append(chosen["learning_rate"])
        return train_network(part, chosen, layers=LAYERS, encoder={}, data_sha256="data", job=job)

    job = Job(1, folder)
    finished = finished_trainings(given, LAYERS, "data", job)
    return try_points(train, inner_folds(fold, 2, seed=1), given, finished), finished


def test_a_rate_that_cannot_learn_is_not_chosen(fold, tmp_path):
    table, finished = search(fold, tmp_path, settings(learning_rates=[1e-6, 0.1]))
    assert len(table) == 4
    assert choose_point([table], {})["learning_rate"] == 0.1
    finished.remove()
    assert not finished.path.exists()


def test_held_out_patients_take_no_part_in_the_choice(fold, tmp_path):
    given = settings(learning_rates=[0.05, 0.1], max_steps=40)
    before, finished = search(fold, tmp_path, given)
    finished.remove()
    fold.test_expression[:], fold.test_features[:] = 100, 1e6
    after, _ = search(fold, tmp_path, given)
    assert after.equals(before)


def test_a_search_that_was_killed_goes_on_with_the_next_training(fold, tmp_path):
    given, first, second = settings(learning_rates=[0.05, 0.1], max_steps=40), [], []
    whole, finished = search(fold, tmp_path, given, first)
    del finished.results[list(finished.results)[-1]]
    kept = Finished(finished.path, finished.fingerprint)
    kept.results.popitem()
    kept.get("other", lambda: 0)
    again, _ = search(fold, tmp_path, given, second)
    assert (len(first), len(second)) == (4, 1)
    assert again.equals(whole)
    search(fold, tmp_path, given | {"momentum": 0.1}, other := [])
    assert len(other) == 4


def test_a_single_point_is_not_searched(fold, tmp_path):
    table, _ = search(fold, tmp_path, settings(learning_rates=[0.1]))
    assert table.empty
    assert choose_point([table], settings(learning_rates=[0.1]))["learning_rate"] == 0.1
