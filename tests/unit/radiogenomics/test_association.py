"""The association map and the enrichment: known groups, known p-values, and no more alarms than promised."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from syncohort.radiogenomics.association import (
    ALPHA,
    associate,
    gene_modules,
    map_associations,
    module_activity,
    significant_under_permutation,
)
from syncohort.radiogenomics.attribution import enriched_sets, summarise_attributions

SETTINGS = {"number": 23, "smallest": 4, "most_variable": 60}


@pytest.fixture(scope="module")
def planted():
    """A hundred patients with three modules of ten genes and twenty other genes; a feature follows the first module."""
    rng = np.random.default_rng(0)
    factors = rng.normal(size=(100, 3))
    expression = np.concatenate([np.repeat(factors, 10, axis=1), np.zeros((100, 20))], axis=1)
    expression += rng.normal(scale=0.6, size=expression.shape)
    names = [f"G{number:02d}" for number in range(50)]
    features = {"volume": factors[:, 0] + rng.normal(scale=0.8, size=100), "noise": rng.normal(size=100)}
    return pd.DataFrame(expression, columns=names), pd.DataFrame(features)


def test_planted_modules_are_found(planted):
    expression, _ = planted
    modules = gene_modules(expression.to_numpy(), list(expression), 23, 4)
    groups = [set(expression.columns[start : start + 10]) for start in (0, 10, 20)]
    assert [set(members) for members in modules.values()] == groups


def test_the_planted_association_is_found_and_no_other(planted):
    found = map_associations(*planted, SETTINGS, 50, seed=1)
    significant = found.table[found.table["q_value"] <= ALPHA]
    assert significant[["module", "feature"]].to_numpy().tolist() == [["module 1", "volume"]]


def test_p_values_are_those_of_scipy(planted):
    expression, features = planted
    activity = module_activity(expression, {"first": ["G00", "G01"], "second": ["G40"]})
    table = associate(activity, features).set_index(["module", "feature"])
    for module in activity:
        for feature in features:
            expected = stats.spearmanr(activity[module], features[feature])
            row = table.loc[(module, feature)]
            assert (row["correlation"], row["p_value"]) == pytest.approx(tuple(expected), rel=1e-9)


def test_false_alarms_come_at_the_nominal_rate(planted):
    expression, _ = planted
    noise = pd.DataFrame(np.random.default_rng(3).normal(size=(100, 4)), columns=list("abcd"))
    modules = gene_modules(expression.to_numpy(), list(expression), 23, 4)
    rate = significant_under_permutation(module_activity(expression, modules), noise, 400, 1)
    # A binomial of 400 at 5 % is at most 0.075 in 98 of 100 experiments.
    assert rate <= 0.075


def test_enrichment_is_hypergeometric():
    universe = [f"G{number}" for number in range(100)]
    sets = {"planted": universe[:10], "elsewhere": [*universe[50:60], "unknown"], "tiny": universe[:2]}
    table = enriched_sets([*universe[:5], *universe[20:35]], universe, sets).set_index("gene_set")
    assert list(table.index) == ["planted", "elsewhere"]
    assert table.loc["planted", "overlap"] == 5
    assert table.loc["planted", "expected"] == pytest.approx(2)
    # R: phyper(4, 10, 90, 20, lower.tail = FALSE)
    assert table.loc["planted", "p_value"] == pytest.approx(0.025464546427, rel=1e-9)
    assert table.loc["elsewhere", "p_value"] == 1
    assert table.loc["planted", "q_value"] == pytest.approx(2 * 0.025464546427, rel=1e-9)


def test_nothing_to_enrich_is_an_empty_table():
    assert enriched_sets(["A"], ["A", "B"], {}).empty


def test_attributions_are_averaged_over_folds_and_their_agreement_told():
    folds = [np.array([[4.0, 3, 2, 1]]), np.array([[8.0, 6, 4, 2]]), np.array([[4.0, 3, 2, 1]])]
    table = summarise_attributions(folds, ["volume"], list("ABCD"), 2)
    assert table[["rank", "gene"]].to_numpy().tolist() == [[1, "A"], [2, "B"]]
    assert table["attribution"].tolist() == pytest.approx([0.4, 0.3])
    assert table["stability"].tolist() == pytest.approx([1, 1])
    assert table["folds"].tolist() == [3, 3]
    opposite = summarise_attributions([folds[0], folds[0][:, ::-1]], ["volume"], list("ABCD"), 1)
    assert opposite["stability"].tolist() == pytest.approx([-1])
    assert opposite["folds"].tolist() == [1]
