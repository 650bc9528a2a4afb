"""Layouts in a plane keep apart what is apart."""

import numpy as np

from syncohort.realism.layout import tsne


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
