"""The tables in the layout of the publication, counted by hand."""

import pandas as pd
import pytest

from syncohort.radiogenomics.published_tables import average_errors, feature_errors

SCORES = pd.DataFrame(
    {
        "model": ["net", "net", "linear", "linear"],
        "feature": ["enhancing_volume", "shape"] * 2,
        "mae": [300.0, 0.2, 400.0, 0.1],
        "mae_scaled": [0.1, 0.3, 0.2, 0.4],
        "mae_scaled_training": [0.0, 0.1, 0.2, 0.2],
        "mape": [10.0, 30.0, 20.0, 60.0],
        "mape_training": [1.0, 3.0, 2.0, 2.0],
    }
)
COMPARISONS = pd.DataFrame(
    {
        "model": "net",
        "reference": "linear",
        "measure": ["mae", "mae", "mape", "mape"],
        "feature": ["enhancing_volume", "shape"] * 2,
        "difference": [-100.0, 0.1, -10.0, -30.0],
        "p_adjusted": [0.01, 0.001, 0.2, 0.04],
    }
)


def test_errors_are_averaged_and_better_features_counted():
    net, linear = average_errors(SCORES, COMPARISONS).to_dict("records")
    assert (net["mae_training"], net["mae"]) == (pytest.approx(0.05), pytest.approx(0.2))
    assert (net["mape_training"], net["mape"]) == (pytest.approx(2), pytest.approx(20))
    assert (net["mae_better_than_linear"], net["mae_significant_against_linear"]) == (1, 1)
    assert (net["mape_better_than_linear"], net["mape_significant_against_linear"]) == (2, 1)
    assert linear["mape"] == pytest.approx(40)
    assert pd.isna(linear["mae_better_than_linear"])


def test_errors_by_feature_are_marked():
    table = feature_errors(SCORES, COMPARISONS).set_index("feature")
    assert table.loc["enhancing_volume", "unit"] == "mm³"
    assert table["net mae"].tolist() == [300, 0.2]
    assert table["net mae better than"].tolist() == ["linear", ""]
    assert table["net mape better than"].tolist() == ["", "linear"]
    assert "linear mae better than" not in table
