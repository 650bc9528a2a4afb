"""Dice and Hausdorff distances of shapes whose distance is known, and what an absent region counts as."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from syncohort.mri.overlap import dice, hausdorff_95, region_scores


def cube(shape, start, side):
    volume = np.zeros(shape, dtype=bool)
    volume[tuple(slice(low, low + side) for low in start)] = True
    return volume


def test_a_shifted_cube():
    one, other = cube((10, 12, 14), (2, 3, 4), 5), cube((10, 12, 14), (2, 3, 6), 5)
    assert dice(one, one) == 1
    assert dice(one, other) == pytest.approx(3 / 5)  # three of five slices are common
    assert hausdorff_95(one, one, (1, 1, 1)) == 0
    assert hausdorff_95(one, other, (1, 1, 1)) == pytest.approx(2)
    # Two voxels of 1.5 mm along x, whatever the others are.
    assert hausdorff_95(one, other, (7, 3, 1.5)) == pytest.approx(3)


def test_the_95th_percentile_by_brute_force():
    rng = np.random.default_rng(4)
    one, other = (cube((9, 9, 9), tuple(rng.integers(0, 4, 3)), 4) | cube((9, 9, 9), (5, 1, 2), 3) for _ in range(2))
    spacing = np.array([2.0, 1.0, 0.5])

    def surface(volume):
        padded = np.pad(volume, 1)
        inside = padded.copy()
        for axis in range(3):
            for step in (-1, 1):
                inside &= np.roll(padded, step, axis)
        return np.argwhere((padded & ~inside)[1:-1, 1:-1, 1:-1]) * spacing

    distances = cdist(surface(one), surface(other))
    expected = max(np.percentile(distances.min(axis=1), 95), np.percentile(distances.min(axis=0), 95))
    assert hausdorff_95(one, other, spacing) == pytest.approx(expected, rel=1e-5)


def test_what_an_absent_region_counts_as():
    none, some = np.zeros((3, 4, 12), dtype=bool), cube((3, 4, 12), (0, 0, 0), 2)
    assert dice(none, none) == 1
    assert dice(none, some) == dice(some, none) == 0
    assert hausdorff_95(none, none, (1, 1, 1)) == 0
    # The diagonal of 3 × 4 × 12 mm is 13 mm.
    assert hausdorff_95(none, some, (1, 1, 1)) == hausdorff_95(some, none, (1, 1, 1)) == pytest.approx(13)


def test_nested_regions_and_labels():
    label = np.zeros((6, 6, 6), dtype=np.uint8)
    label[1:5, 1:5, 1:5] = 2
    label[2:4, 2:4, 2:4] = 3
    label[2, 2, 2] = 1
    found = np.where(label == 1, 3, label)  # necrosis taken for enhancing tumour
    scores = {row["region"]: row for row in region_scores(found, label, (1, 1, 1))}
    assert list(scores) == ["whole tumour", "tumour core", "enhancing tumour", "necrosis", "oedema"]
    assert scores["whole tumour"]["dice"] == scores["tumour core"]["dice"] == scores["oedema"]["dice"] == 1
    assert scores["enhancing tumour"]["dice"] == pytest.approx(14 / 15)
    assert scores["necrosis"]["dice"] == 0
    assert (scores["enhancing tumour"]["voxels"], scores["enhancing tumour"]["predicted_voxels"]) == (7, 8)
