"""Semantic labels by hand, and pairs: ordered, clipped, redrawn when the tumour misses the brain."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from syncohort.core.errors import InputError
from syncohort.mri.pairs import Pairs, TumourChanges, ordered_pair
from syncohort.mri.preparation import PreparedSubject
from syncohort.mri.semantic_label import (
    condition_channels,
    encode_label,
    move_tumour,
    place_tumour,
    published_label,
)
from syncohort.training.task import RandomStream

TUMOUR = np.array([[[0, 1, 2, 3, 0, 3]]], dtype=np.uint8)
TISSUE = np.array([[[0, 1, 2, 3, 2, 0]]], dtype=np.uint8)


def stream(seed: int = 0) -> RandomStream:
    return RandomStream(seed, torch.device("cpu"))


def test_the_published_sum_has_no_collisions_and_is_clipped():
    placed = place_tumour(TUMOUR, TISSUE)
    assert placed.tolist() == [[[0, 1, 2, 3, 0, 0]]]
    assert published_label(placed, TISSUE).tolist() == [[[0, 2, 3, 5, 1, 0]]]
    assert encode_label(placed, TISSUE, "sum", 3)[0].ravel().tolist() == pytest.approx([-1, -0.2, 0.2, 1, -0.6, -1])


def test_one_hot_channels_are_outside_brain_and_labels():
    placed = place_tumour(TUMOUR, TISSUE)
    one_hot = encode_label(placed, TISSUE, "one_hot", 3)
    assert one_hot.shape == (condition_channels("one_hot", 3), 1, 1, 6) == (5, 1, 1, 6)
    assert one_hot.argmax(axis=0).ravel().tolist() == [0, 2, 3, 4, 1, 0]
    tissue = encode_label(placed, TISSUE, "tissue", 3)
    assert tissue.shape == (condition_channels("tissue", 3), 1, 1, 6) == (7, 1, 1, 6)
    assert tissue.argmax(axis=0).ravel().tolist() == [0, 4, 5, 6, 2, 0]
    for encoded in (one_hot, tissue):
        assert (encoded.sum(axis=0) == 1).all()


def test_a_tumour_wholly_outside_the_brain():
    with pytest.raises(InputError, match=r"^The tumour of 1 voxels falls wholly outside the brain of 4 voxels"):
        place_tumour(np.array([[[0, 0, 0, 0, 0, 3]]], dtype=np.uint8), TISSUE)


def ball(centre: tuple[int, int, int], radius: float) -> np.ndarray:
    grid = np.stack(np.meshgrid(*[np.arange(24)] * 3, indexing="ij"), axis=-1)
    return (3 * (np.linalg.norm(grid - centre, axis=-1) < radius)).astype(np.uint8)


def test_tumours_are_shifted_mirrored_and_scaled():
    label = ball((10, 12, 6), 4)
    assert np.array_equal(move_tumour(label), label)
    assert np.array_equal(move_tumour(label, shift=(2, 0, -1)), ball((12, 12, 5), 4))
    assert np.array_equal(move_tumour(label, mirror=True), ball((10, 12, 17), 4))
    assert np.array_equal(move_tumour(label, mirror=True, shift=(0, 0, 2)), ball((10, 12, 19), 4))
    larger = move_tumour(label, scale=1.5)
    assert np.count_nonzero(larger) == pytest.approx(1.5**3 * np.count_nonzero(label), rel=0.1)
    assert np.argwhere(larger).mean(axis=0) == pytest.approx([10, 12, 6], abs=0.5)


@given(subjects=st.integers(2, 30))
def test_every_ordered_pair_of_different_subjects_has_one_number(subjects):
    pairs = [ordered_pair(number, subjects) for number in range(subjects * (subjects - 1))]
    assert set(pairs) == {(a, b) for a in range(subjects) for b in range(subjects) if a != b}
    assert len(pairs) == len(set(pairs))


def test_the_published_number_of_pairs():
    assert ordered_pair(296 * 295 - 1, 296) == (295, 294)
    assert 296 * 295 == 87_320


def test_pairs_are_drawn_from_both_sides(prepared):
    pairs = Pairs(prepared[:3], TumourChanges(), stream())
    drawn = Counter()
    for _ in range(120):
        pair = pairs.crossed()
        clipped = [np.where(pair.brain.tissue > 0, one.label, 0) for one in prepared[:3]]
        tumour = next(number for number, label in enumerate(clipped) if np.array_equal(label, pair.tumour))
        drawn[tumour, next(number for number, one in enumerate(prepared) if one is pair.brain)] += 1
    assert len(drawn) == 6
    assert min(drawn.values()) > 5
    own = pairs.matched()
    assert np.array_equal(own.tumour, own.brain.label)


def test_a_tumour_moved_out_of_the_brain_is_drawn_anew_and_at_last_told(prepared):
    changes = TumourChanges(scale=(0.5, 0.6), shift=14, mirror=True)
    pairs = Pairs(prepared, changes, stream())
    assert all(pairs.crossed().tumour.any() for _ in range(30))
    volumes = prepared[0].volumes.copy()
    volumes[-1] = 0
    volumes[-1, 0, 0, 0] = 1
    tiny = [replace(prepared[0], volumes=volumes)] * 2
    with pytest.raises(InputError, match=r"^20 tumours were drawn, .* that of S0 on the brain of S0\. Lower"):
        Pairs(tiny, TumourChanges(), stream()).crossed()
    assert isinstance(tiny[0], PreparedSubject)


def test_the_same_stream_draws_the_same_pairs(prepared):
    changes = TumourChanges(scale=(0.8, 1.2), shift=2, mirror=True)
    one, other = (Pairs(prepared, changes, stream(3)) for _ in range(2))
    assert all(np.array_equal(one.crossed().tumour, other.crossed().tumour) for _ in range(5))
