"""Gene–gene correlation geometry against hand-worked, R's and NumPy's values."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.cluster.hierarchy import cophenet, linkage

from syncohort.realism import gene_correlation
from syncohort.realism.gene_correlation import (
    Dendrogram,
    cophenetic_correlation_difference,
    dendrogram_genes,
    dendrogram_preservation,
    distance_preservation,
    gamma,
    gene_distances,
    varying_genes,
)

GOLDEN = Path(__file__).parents[2] / "golden"

# Three orthogonal patterns of four samples, so that correlations can be read off the coefficients.
A, B = np.array([1.0, -1, 1, -1]), np.array([1.0, 1, -1, -1])
REAL = np.column_stack([A, B, 2 * A + B])  # r = 0, 2/√5, 1/√5
OTHER = np.column_stack([A, B, A + 2 * B])  # r = 0, 1/√5, 2/√5


def modules(samples: int, genes: int, seed: int, module_seed: int = 0) -> np.ndarray:
    """Draw samples of genes that share four hidden factors; the loadings depend on `module_seed` alone."""
    loadings = np.random.default_rng(module_seed).normal(size=(4, genes))
    rng = np.random.default_rng([seed, 1])
    return rng.normal(size=(samples, 4)) @ loadings + rng.normal(size=(samples, genes))


def naive_distance_preservation(real: np.ndarray, other: np.ndarray) -> float:
    upper = np.triu_indices(real.shape[1], 1)
    return np.corrcoef(1 - np.corrcoef(real.T)[upper], 1 - np.corrcoef(other.T)[upper])[0, 1]


def test_three_genes_worked_by_hand():
    real, other = Dendrogram.of(REAL), Dendrogram.of(OTHER)
    low = 1 - 2 / np.sqrt(5)
    np.testing.assert_allclose(gene_distances(REAL), [1, low, 1 - 1 / np.sqrt(5)])
    np.testing.assert_allclose(real.cophenetic, [1, low, 1])  # genes 1 and 3 join first, then 2 at its farthest
    np.testing.assert_allclose(other.cophenetic, [1, 1, low])
    assert distance_preservation(REAL, OTHER) == pytest.approx(1 / 2)
    assert dendrogram_preservation(real, other) == pytest.approx(-1 / 2)
    assert real.fit == pytest.approx(np.sqrt(3) / 2)
    assert cophenetic_correlation_difference(real, other) == pytest.approx(0, abs=1e-15)


def test_values_of_r():
    samples = pd.read_csv(GOLDEN / "gene_correlation.samples.tsv", sep="\t")
    pairs = pd.read_csv(GOLDEN / "gene_correlation.pairs.tsv", sep="\t")
    expected = pd.read_csv(GOLDEN / "gene_correlation.metrics.tsv", sep="\t").iloc[0]
    values = {name: table.drop(columns="set").to_numpy() for name, table in samples.groupby("set")}
    trees = {name: Dendrogram.of(of_set) for name, of_set in values.items()}
    for name, tree in trees.items():
        np.testing.assert_allclose(gene_distances(values[name]), pairs[f"{name}_distance"], rtol=1e-12)
        np.testing.assert_allclose(tree.cophenetic, pairs[f"{name}_cophenetic"], rtol=1e-12)
    found = {
        "gamma_distances": distance_preservation(values["real"], values["synthetic"]),
        "gamma_dendrograms": dendrogram_preservation(trees["real"], trees["synthetic"]),
        "cophenetic_difference": cophenetic_correlation_difference(trees["real"], trees["synthetic"]),
    }
    assert found == pytest.approx(expected.to_dict(), rel=1e-10)


def test_identical_sets_score_one():
    real = modules(40, 60, seed=1)
    tree = Dendrogram.of(real)
    assert distance_preservation(real, real) == pytest.approx(1, abs=1e-12)
    assert dendrogram_preservation(tree, tree) == pytest.approx(1, abs=1e-12)
    assert cophenetic_correlation_difference(tree, tree) == 0


def test_independent_noise_scores_near_zero():
    noise = np.random.default_rng(9).normal(size=(50, 300))
    real = modules(50, 300, seed=1)
    assert abs(distance_preservation(real, noise)) < 0.02
    assert abs(dendrogram_preservation(Dendrogram.of(real), Dendrogram.of(noise))) < 0.05


@pytest.mark.parametrize(("samples", "others", "genes"), [(30, 30, 200), (7, 90, 50), (300, 20, 12), (1500, 1100, 40)])
def test_closed_form_is_the_naive_one(samples, others, genes):
    real, other = modules(samples, genes, seed=1), modules(others, genes, seed=2)
    assert distance_preservation(real, other) == pytest.approx(naive_distance_preservation(real, other), abs=1e-11)


def test_closed_form_keeps_its_digits_where_genes_are_nearly_one():
    rng = np.random.default_rng(0)
    real, other = (rng.normal(size=(20, 1)) + 0.01 * rng.normal(size=(20, 80)) + 15 for _ in range(2))
    expected = naive_distance_preservation(real, other)
    assert distance_preservation(real, other) == pytest.approx(expected, abs=1e-6)
    single = distance_preservation(real.astype(np.float32), other.astype(np.float32))
    assert single == pytest.approx(expected, abs=1e-3)


@settings(max_examples=40, deadline=None)
@given(st.integers(3, 12), st.integers(3, 15), st.integers(3, 25), st.integers(0, 2**32))
def test_gamma_of_distances_depends_on_correlations_alone(samples, others, genes, seed):
    rng = np.random.default_rng(seed)
    real, other = rng.normal(size=(samples, genes)), rng.normal(size=(others, genes))
    score = distance_preservation(real, other)
    assert -1 <= score <= 1
    assert score == pytest.approx(naive_distance_preservation(real, other), abs=1e-9)
    rescaled = other * rng.uniform(0.1, 9, genes) + rng.normal(size=genes)
    order, renamed = rng.permutation(others), rng.permutation(genes)
    for same in (
        distance_preservation(other, real),
        distance_preservation(real, rescaled),
        distance_preservation(real, other[order]),
        distance_preservation(real[:, renamed], other[:, renamed]),
    ):
        assert same == pytest.approx(score, abs=1e-9)


@settings(max_examples=25, deadline=None)
@given(st.integers(3, 12), st.integers(3, 15), st.integers(0, 2**32))
def test_tree_distances_are_an_ultrametric_above_the_distances(samples, genes, seed):
    values = np.random.default_rng(seed).normal(size=(samples, genes))
    tree, distances = Dendrogram.of(values), gene_distances(values)
    np.testing.assert_allclose(distances, 1 - np.corrcoef(values.T)[np.triu_indices(genes, 1)], atol=1e-12)
    expected_fit, expected = cophenet(linkage(distances, "complete"), distances)
    np.testing.assert_array_equal(tree.cophenetic, expected)
    assert (tree.cophenetic >= distances - 1e-12).all()
    assert tree.fit == pytest.approx(expected_fit, abs=1e-9)


def test_a_constant_gene_correlates_with_none():
    real = modules(10, 5, seed=1).astype(np.float32)
    other = modules(12, 5, seed=2).astype(np.float32)
    other[:, 2] = 0.1
    np.testing.assert_array_equal(varying_genes(real, other), [True, True, False, True, True])
    correlations = np.zeros((5, 5))
    rest = np.array([0, 1, 3, 4])
    correlations[np.ix_(rest, rest)] = np.corrcoef(other[:, rest].T)
    triangle = np.triu_indices(5, 1)
    expected = np.corrcoef(np.corrcoef(real.T)[triangle], correlations[triangle])[0, 1]
    assert distance_preservation(real, other) == pytest.approx(expected, abs=1e-6)
    np.testing.assert_allclose(gene_distances(other), 1 - correlations[triangle], atol=1e-6)


def test_a_set_without_variation_tells_nothing_of_the_real_one():
    real = modules(10, 5, seed=1)
    assert distance_preservation(real, np.zeros((8, 5))) == 0
    assert np.isnan(distance_preservation(np.zeros((8, 5)), real))


@pytest.mark.parametrize("genes", [0, 1, 2])
def test_too_few_genes_are_not_defined(genes):
    real, other = modules(6, genes, seed=1), modules(6, genes, seed=2)
    assert np.isnan(distance_preservation(real, other))
    assert np.isnan(dendrogram_preservation(Dendrogram.of(real), Dendrogram.of(other)))


def test_equal_distances_are_not_defined():
    same_gene = np.random.default_rng(0).normal(size=(9, 1)) * np.arange(1, 7)
    assert np.isnan(distance_preservation(same_gene, modules(9, 6, seed=1)))
    assert np.isnan(gamma(np.ones(5), np.arange(5.0)))


def test_a_large_tree_is_one_of_a_fixed_part_of_the_genes(monkeypatch):
    monkeypatch.setattr(gene_correlation, "DENDROGRAM_GENES", 10)
    np.testing.assert_array_equal(dendrogram_genes(10), np.arange(10))
    part = dendrogram_genes(25)
    assert len(set(part)) == 10
    assert list(part) == sorted(part)
    np.testing.assert_array_equal(part, dendrogram_genes(25))
    values = modules(8, 25, seed=1)
    np.testing.assert_array_equal(Dendrogram.of(values).cophenetic, Dendrogram.of(values[:, part]).cophenetic)


def test_blocks_of_genes_change_nothing(monkeypatch):
    rng = np.random.default_rng(4)
    real, other = rng.normal(size=(12, 25)), rng.normal(size=(9, 25))
    whole = distance_preservation(real, other)
    monkeypatch.setattr(gene_correlation, "BLOCK", 7)
    assert distance_preservation(real, other) == pytest.approx(whole, abs=1e-13)
