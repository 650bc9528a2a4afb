"""Utility and learning curve of releases whose use is known."""

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

from syncohort.realism.controls import permuted_genes
from syncohort.realism.learning_curve import COLUMNS, learning_curve, spread
from syncohort.realism.principal import Projection
from syncohort.realism.samples import SampleSet
from syncohort.realism.utility import UtilityJudge, learnable_labels

GENES = 12
CENTRES = np.random.default_rng(0).normal(scale=0.75, size=(4, GENES))


def draw(seed: int, samples: int = 120) -> SampleSet:
    """Samples of two conditions and two tissues, each with a centre of its own."""
    rng = np.random.default_rng(seed)
    code = np.arange(samples) % 4
    condition, tissue = np.array(["normal", "tumour"])[code % 2], np.array(["liver", "lung"])[code // 2]
    table = pd.DataFrame({"patient_id": [f"{seed}-{number}" for number in range(samples)], "condition": condition})
    return SampleSet(CENTRES[code] + rng.normal(size=(samples, GENES)), table.assign(group=condition + "/" + tissue))


TRAIN, TEST = draw(1), draw(2, 80)


@cache
def judge() -> UtilityJudge:
    return UtilityJudge(TRAIN, TEST, Projection.fit(TRAIN.values), seed=3)


def scores(release: SampleSet) -> pd.Series:
    return judge().table(release).set_index("metric")["value"]


def test_the_training_samples_themselves_are_as_useful_as_they_are():
    table = judge().table(TRAIN).set_index("metric")
    assert table.loc[["tstr", "tstr_aupr"], "value"].tolist() == pytest.approx(
        table.loc[["tstr", "tstr_aupr"], "ceiling"].tolist(), abs=0.04
    )
    assert table.loc["tstr", "ceiling"] > 0.6
    assert table.loc["tstr", "floor"] == pytest.approx(0.25, abs=0.08)
    assert table.loc["tstr", "note"].startswith("logistic 0.")
    assert table.loc["tstr", "note"].endswith("4 labels by group")


def test_other_samples_of_the_population_are_as_useful():
    table = judge().table(draw(3, 240)).set_index("metric")
    assert (table["value"] > table["ceiling"] - 0.1).all()


def test_permuted_genes_are_useless():
    values = permuted_genes(TRAIN.values, np.random.default_rng(0))
    found = scores(TRAIN.with_values(values))
    assert found[["tstr", "trts"]].tolist() == pytest.approx([0.25, 0.25], abs=0.1)


def test_wrong_labels_teach_the_wrong_thing():
    rolled = TRAIN.samples.assign(group=np.roll(TRAIN.groups, 1))
    assert scores(SampleSet(TRAIN.values, rolled))["tstr"] < 0.2


def test_collapsed_samples_test_nothing():
    assert scores(TRAIN.with_values(np.zeros_like(TRAIN.values)))["trts"] == pytest.approx(0.25, abs=0.01)


def test_labels_with_too_few_samples_are_left_out():
    few = TRAIN.take(np.r_[0:120:4, 1:120:4, 2, 3:9:4])  # one normal/lung, two tumour/lung
    assert learnable_labels(few, TEST) == ("group", ["normal/liver", "tumour/liver"])


def test_conditions_stand_in_for_groups_and_nothing_for_conditions():
    alone = replace(TRAIN, samples=TRAIN.samples.assign(group=[str(number) for number in range(120)]))
    assert learnable_labels(alone, TEST) == ("condition", ["normal", "tumour"])
    tumours = TRAIN.take(np.arange(1, 120, 4))
    assert learnable_labels(tumours, TEST) == ("condition", [])
    table = UtilityJudge(tumours, TEST, Projection.fit(TRAIN.values), seed=3).table(TRAIN)
    assert table[["value", "ceiling", "floor"]].isna().all(axis=None)
    assert table.loc[0, "note"] == "no two labels with enough samples"


def test_synthetic_samples_help_where_real_ones_are_few():
    curve = learning_curve(judge(), draw(4, 240), repeats=10).set_index(["size", "classifier", "score"])
    assert curve.index.get_level_values("size").unique().tolist() == ["25", "50", "100", "all"]
    few, all_of_them = curve.loc[("25", "k-NN", "balanced accuracy")], curve.loc[("all", "k-NN", "balanced accuracy")]
    assert few["ci_low"] > 0
    assert few["gain"] == pytest.approx(few["augmented"] - few["real"])
    assert few["gain"] > all_of_them["gain"]
    assert (few["n"], all_of_them["n"]) == (25, 120)


def test_useless_samples_do_not_help():
    noise = TRAIN.with_values(permuted_genes(TRAIN.values, np.random.default_rng(0)))
    curve = learning_curve(judge(), noise, repeats=3)
    assert curve["gain"].mean() < 0


def test_a_curve_without_labels_is_empty():
    tumours = TRAIN.take(np.arange(1, 120, 4))
    curve = learning_curve(UtilityJudge(tumours, TEST, Projection.fit(TRAIN.values), seed=3), TRAIN)
    assert list(curve.columns) == COLUMNS
    assert curve.empty


def test_few_samples_are_spread_over_the_groups():
    groups = np.array(["a"] * 60 + ["b"] * 30 + ["c"] * 10)
    for seed in range(5):
        chosen = spread(groups, 20, np.random.default_rng(seed))
        assert len(set(chosen)) == 20
        assert pd.Series(groups[chosen]).value_counts().to_dict() == pytest.approx({"a": 12, "b": 6, "c": 2}, abs=1)
    assert sorted(spread(groups, 100, np.random.default_rng(0))) == list(range(100))
