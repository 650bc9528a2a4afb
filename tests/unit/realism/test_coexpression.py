import numpy as np
import pytest

from syncohort.realism import coexpression, gene_correlation
from syncohort.realism.coexpression import count_pairs

RNG = np.random.default_rng(0)
LOADINGS = RNG.normal(size=(2, 30))


def draw(samples: int) -> np.ndarray:
    return RNG.normal(size=(samples, 2)) @ LOADINGS + RNG.normal(size=(samples, 30))


def test_counts_are_those_of_the_whole_matrices(monkeypatch):
    monkeypatch.setattr(coexpression, "BLOCK", 7)
    real, other = draw(40), draw(25)
    r, z = (np.corrcoef(values.T)[np.triu_indices(30, 1)] for values in (real, other))
    found = count_pairs(real, other)
    assert found.pairs == 435
    assert found.real_strength == pytest.approx(np.abs(r).mean(), rel=1e-5)
    assert found.other_strength == pytest.approx(np.abs(z).mean(), rel=1e-5)
    both = ((np.abs(r) > 0.5) & (np.abs(z) > 0.5) & (np.sign(r) == np.sign(z))).sum()
    assert found.edge_recall == both / (np.abs(r) > 0.5).sum()
    assert found.edge_precision == both / (np.abs(z) > 0.5).sum()


def test_by_hand():
    line = np.arange(6.0)
    zigzag = np.array([1.0, -1, 1, -1, 1, -1])
    real = np.stack([line, line, zigzag, -zigzag], axis=1)  # edges 0–1 and 2–3
    other = np.stack([line, line, zigzag, zigzag], axis=1)  # 0–1 the same, 2–3 of the other sign
    found = count_pairs(real, other)
    assert (found.real_edges, found.other_edges, found.both_edges) == (2, 2, 1)
    assert found.edge_precision == found.edge_recall == 0.5


def test_stronger_correlations_are_seen_where_gamma_is_blind():
    # Every r doubles: the same geometry, another strength.
    factor, noise = RNG.normal(size=(4000, 1)), RNG.normal(size=(4000, 20))
    loadings = RNG.uniform(0.2, 1.0, 20)
    weak, strong = (
        values / values.std(axis=0) for values in (factor * loadings + noise, factor * loadings + noise / 2)
    )
    assert gene_correlation.distance_preservation(weak, strong) > 0.95
    assert count_pairs(weak, strong).strength_ratio > 1.5


def test_no_edges():
    noise, real = RNG.normal(size=(500, 10)), np.repeat(RNG.normal(size=(500, 1)), 10, axis=1)
    assert count_pairs(real, noise).edge_precision == count_pairs(real, noise).edge_recall == 0
    assert np.isnan(count_pairs(noise, real).edge_precision)
    assert np.isnan(count_pairs(noise, real).edge_recall)


def test_a_constant_gene_correlates_with_none():
    real = draw(40)
    other = real.copy()
    other[:, :15] = 0
    assert count_pairs(real, other).other_strength < count_pairs(real, real).other_strength
    assert np.isfinite(count_pairs(other, real).real_strength)


def test_many_genes_are_drawn_from(monkeypatch):
    monkeypatch.setattr(gene_correlation, "DENDROGRAM_GENES", 10)
    assert count_pairs(draw(10), draw(10)).pairs == 45
