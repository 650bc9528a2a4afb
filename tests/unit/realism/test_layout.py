"""Layouts in a plane keep apart what is apart, and take few samples and few dimensions."""

import numpy as np
import pytest

from syncohort.realism.layout import tsne, umap


def test_groups_stay_apart_and_the_seed_decides():
    rng = np.random.default_rng(0)
    values = np.repeat(np.eye(3) * 20, 10, axis=0) @ np.ones((3, 5)) + rng.normal(size=(30, 5))
    values[:10] += 40
    values[10:20] -= 40
    places = tsne(values, seed=1)
    centres = places.reshape(3, 10, 2).mean(axis=1)
    spread = places.reshape(3, 10, 2).std(axis=1).max()
    assert min(np.linalg.norm(centres[a] - centres[b]) for a, b in ((0, 1), (0, 2), (1, 2))) > spread
    np.testing.assert_array_equal(places, tsne(values, seed=1))


@pytest.mark.parametrize(("samples", "dimensions"), [(2, 5), (3, 1), (8, 1)], ids=["pair", "three", "one dimension"])
def test_few_samples_and_dimensions_are_laid_out(samples, dimensions):
    values = np.random.default_rng(1).normal(size=(samples, dimensions))
    assert np.isfinite(tsne(values, seed=1)).all()


def test_samples_that_do_not_differ_lie_on_one_place():
    assert (tsne(np.ones((8, 4)), seed=1) == 0).all()


def test_three_samples_are_no_map():
    places, others = umap(np.eye(3), np.eye(3)[:2], seed=1)
    assert np.isnan(places).all()
    assert others.shape == (2, 2)
