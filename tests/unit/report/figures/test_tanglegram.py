import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.cluster.hierarchy import cophenet, leaves_list, linkage

from syncohort.report.figures.tanglegram import tanglegram, untangle


def crossings(left: np.ndarray, right: np.ndarray) -> int:
    first, second = np.argsort(leaves_list(left)), np.argsort(leaves_list(right))
    pairs = [(a, b) for a in range(len(first)) for b in range(a)]
    return sum((first[a] - first[b]) * (second[a] - second[b]) < 0 for a, b in pairs)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(3, 15))
def test_turning_branches_changes_no_tree_and_never_adds_crossings(seed: int, leaves: int):
    rng = np.random.default_rng(seed)
    trees = [linkage(rng.random((leaves, 4)), "complete") for _ in range(2)]
    turned = untangle(*trees)
    for before, after in zip(trees, turned, strict=True):
        np.testing.assert_array_equal(cophenet(before), cophenet(after))
    assert crossings(*turned) <= crossings(*trees)


def test_one_tree_with_turned_branches_is_untangled_completely():
    tree = linkage(np.random.default_rng(3).random((14, 5)), "complete")
    turned = tree.copy()
    turned[::2, :2] = turned[::2, 1::-1]
    assert crossings(tree, turned) > 0
    assert crossings(*untangle(tree, turned)) == 0


def test_equal_samples_cross_nowhere():
    values = np.random.default_rng(0).normal(size=(30, 12))
    figure = tanglegram(values, values, pd.Index([f"G{number}" for number in range(12)]), name="t")
    assert figure.finding == (
        "12 of 12 genes keep their place without crossing another; the heights at which genes join correlate at 1.00."
    )
    assert list(figure.table["place_real"]) == list(figure.table["place_synthetic"]) == list(range(1, 13))
