"""The verdict on radiogenomics: what beats the median, whatever the model that predicts it is called."""

import dataclasses

import pandas as pd
import pytest

from syncohort.report.radiogenomics import RadiogenomicsReport, verdict

EMPTY = pd.DataFrame()


def report(p_adjusted, intercept="median"):
    """Two features of sixty patients, one of them predicted with this p-value."""
    features = ["volume", "sphericity"]
    return RadiogenomicsReport(
        account=pd.DataFrame({"status": ["paired"] * 60}),
        scores=pd.DataFrame({"feature": features * 2, "model": ["ridge"] * 2 + ["median"] * 2}),
        comparisons=pd.DataFrame(
            {
                "model": "ridge",
                "reference": "median",
                "measure": "mae",
                "feature": features,
                "difference": [-1.0, -1.0],
                "p_adjusted": [p_adjusted, 1.0],
            }
        ),
        associations=pd.DataFrame({"q_value": [0.01, 0.2, 0.3]}),
        modules={},
        false_alarms={},
        attributions=EMPTY,
        enrichment=EMPTY,
        intercept=intercept,
        truth=None,
    )


def test_a_model_that_beats_the_median():
    assert verdict(report(0.01)).startswith(
        "1 of 2 image features are predicted better than by their median, most of them by ridge (1); 1 of 3 pairs"
    )


def test_no_model_beats_the_median():
    said = verdict(report(0.2))
    assert said.startswith("No model predicts any of the 2 image features better than their median does")
    assert "With 60 patients a single correlation of |ρ| ≥ 0.35 is found" in said


def test_worse_is_not_better():
    worse = report(0.01)
    worse = dataclasses.replace(worse, comparisons=worse.comparisons.assign(difference=1.0))
    assert verdict(worse).startswith("No model predicts")


@pytest.mark.parametrize("p_adjusted", [0.01, 0.2])
def test_without_the_median_nothing_is_claimed(p_adjusted):
    assert verdict(report(p_adjusted, intercept=None)).startswith("Nothing is said on whether expression predicts")
