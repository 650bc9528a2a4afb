"""What metrics see: named genes, principal components, pathway scores, linear expression."""

import numpy as np
import pytest

from syncohort.core.scale import Scale
from syncohort.expression.normalisation import Scaler
from syncohort.expression.spaces import (
    NAMED_GENES,
    PATHWAYS,
    PRINCIPAL_COMPONENTS,
    SELECTED_GENES,
    Space,
    expression_spaces,
    named_genes,
    pathway_weights,
)
from syncohort.realism.principal import Projection

GENES = [f"G{number}" for number in range(30)]
SPREAD = np.linspace(0.5, 2, len(GENES))
SCALER = Scaler(tuple(GENES), np.full(30, 5.0), SPREAD, Scale("log2", 1.0))
RNG = np.random.default_rng(0)
TRAIN = RNG.normal(size=(60, 30)).astype(np.float32)


def spaces(**changes) -> list[Space]:
    settings = {"named": None, "gene_sets": {}, "covariates": [], "pseudo_count": 1.0} | changes
    return expression_spaces(SCALER, Projection.fit(TRAIN), **settings)


def space(name: str, metric: str, **changes) -> Space:
    (found,) = [
        each for each in spaces(**changes) if each.name == name and metric in [known.name for known in each.metrics]
    ]
    return found


def test_the_most_variable_genes_are_named_by_default():
    spread = np.array([1.0, 3, 2, 3])
    assert named_genes(None, ["A", "B", "C", "D"], spread) == (["B", "D", "C", "A"], [])
    named, _ = named_genes(None, GENES, SPREAD)
    assert named == GENES[:-13:-1]


def test_named_genes_that_are_not_selected_are_told():
    assert named_genes(["G2", "TP53", "G1", "G2"], GENES, SPREAD) == (["G2", "G1"], ["TP53"])
    found = space(NAMED_GENES, "wasserstein", named=["G3", "TP53", "G1", "G7", "VHL"])
    assert found.note == "genes: G3, G1, G7; not selected: TP53, VHL"
    np.testing.assert_array_equal(found.see(TRAIN), TRAIN[:, [3, 1, 7]])


def test_scores_of_pathways_by_hand():
    sets = {"FIVE": GENES[:5], "FOUR": GENES[:4], "MORE": [*GENES[5:14], "not selected"]}
    weights = pathway_weights(sets, GENES)
    assert weights.shape == (30, 2)
    np.testing.assert_allclose(TRAIN @ weights, np.stack(
        [TRAIN[:, :5].sum(axis=1) / np.sqrt(5), TRAIN[:, 5:14].sum(axis=1) / 3], axis=1
    ), atol=1e-5)  # fmt: skip


def test_scores_of_independent_genes_keep_a_variance_of_one():
    values = RNG.normal(size=(5000, 30)) @ pathway_weights({"ALL": GENES, "HALF": GENES[:15]}, GENES)
    assert values.var(axis=0) == pytest.approx([1, 1], abs=0.1)


def test_gene_sets_without_selected_genes_are_a_space_without_features():
    assert space(PATHWAYS, "wasserstein", gene_sets={"OTHER": ["A", "B"]}).features == 0
    assert PATHWAYS not in {each.name for each in spaces()}


def test_fold_changes_see_linear_expression_and_a_pseudo_count():
    found = space(SELECTED_GENES, "fold_change_correlation", pseudo_count=0.5).see(TRAIN)
    np.testing.assert_allclose(found, np.maximum(2 ** (5 + TRAIN * SPREAD) - 1, 0) + 0.5, rtol=1e-4)


def test_principal_components_say_how_many_they_are():
    found = space(PRINCIPAL_COMPONENTS, "precision")
    assert found.note == "30 components"
    assert found.see(TRAIN).shape == (60, 30)


def test_every_covariate_has_a_space_of_its_own():
    names = [each.name for each in spaces(covariates=["sex", "age"])]
    assert names[-2:] == ["effect of sex", "effect of age"]


def test_a_metric_is_once_in_a_space():
    found = [
        (each.name, metric.name)
        for each in spaces(gene_sets={"A": GENES}, covariates=["sex"])
        for metric in each.metrics
    ]
    assert len(found) == len(set(found))
