import numpy as np
import pandas as pd

from syncohort.report.figures.volcano import classify, volcano

TEST = pd.DataFrame(
    {
        "gene": ["up", "down", "small", "none", "edge"],
        "n": 72,
        "p_value": [1e-300, 1e-9, 1e-8, 0.5, 1e-7],
        "p_adjusted": [0.0, 1e-6, 1e-5, 1.0, 1e-4],
        "significant": [True, True, True, False, True],
    }
)
CHANGE = pd.DataFrame(
    {"gene": ["edge", "none", "small", "down", "up"], "log2_fold_change": [1.5, 4.0, -1.49, -2.0, 3.0]}
)


def test_classes_follow_both_thresholds():
    table = classify(TEST, CHANGE, 1.5)
    assert dict(zip(table["gene"], table["class"], strict=True)) == {
        "up": "up in tumour",
        "down": "down in tumour",
        "small": "significant by test only",
        "none": "not significant",
        "edge": "up in tumour",
    }


def test_finding_counts_and_a_p_value_of_zero_is_drawn():
    figure = volcano(TEST, CHANGE, threshold=1.5, alpha=0.05, name="v")
    assert figure.finding == "3 of 5 tested genes pass both thresholds: 2 are higher in tumours and 1 lower."
    drawn = [points.get_offsets() for points in figure.drawing.axes[0].collections]
    assert all(np.isfinite(offsets).all() for offsets in drawn)
    assert sum(map(len, drawn)) == 5
