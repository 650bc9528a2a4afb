"""Scores and comparisons against values worked by hand or by R."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from syncohort.radiogenomics.evaluation import compare_models, detectable_correlation, score_predictions, signed_rank


def predictions(observed, predicted, feature="volume", scale=10.0, part="test"):
    return pd.DataFrame(
        {
            "patient_id": [f"P{number}" for number in range(len(observed))],
            "part": part,
            "feature": feature,
            "observed": observed,
            "predicted": predicted,
            "scale": scale,
        }
    )


def test_scores_by_hand():
    [row] = score_predictions(predictions([2.0, 4.0, 0.0, 6.0], [3.0, 4.0, 1.0, 3.0])).to_dict("records")
    assert row["mae"] == pytest.approx(5 / 4)
    assert row["mae_scaled"] == pytest.approx(5 / 40)
    assert row["mape"] == pytest.approx(100 * (1 / 2 + 0 + 3 / 6) / 3)
    assert row["zeros"] == 1
    assert row["r2"] == pytest.approx(1 - 11 / 20)


def test_percentages_are_the_same_in_scaled_units():
    observed, predicted = np.array([2.0, 4.0, 0.0, 6.0]), np.array([3.0, 4.0, 1.0, 3.0])
    [physical] = score_predictions(predictions(observed, predicted)).to_dict("records")
    [scaled] = score_predictions(predictions(observed / 10, predicted / 10, scale=1.0)).to_dict("records")
    for name in ("mape", "mae_scaled", "r2", "zeros"):
        assert physical[name] == pytest.approx(scaled[name])


def test_training_patients_count_in_the_training_errors_alone():
    held_out = predictions([2.0, 4.0], [3.0, 4.0])
    both = pd.concat([held_out, predictions([5.0, 5.0], [5.0, 4.0], part="train")])
    [row], [alone] = (score_predictions(table).to_dict("records") for table in (both, held_out))
    assert (row["mae_scaled_training"], row["mape_training"]) == (pytest.approx(0.05), pytest.approx(10))
    assert {name: row[name] for name in ("n", "mae", "mape", "r2")} == {
        name: alone[name] for name in ("n", "mae", "mape", "r2")
    }
    compared = compare_models({"new": both, "old": both.assign(predicted=0.0)}, ["old"])
    assert compared.set_index("measure").loc["mae", "difference"] == pytest.approx(0.5 - 3)


def test_the_mean_has_no_r_squared():
    observed = np.array([1.0, 2.0, 6.0])
    [row] = score_predictions(predictions(observed, [3.0, 3.0, 3.0])).to_dict("records")
    assert row["r2"] == pytest.approx(0)


def test_comparison_is_that_of_r():
    # R: wilcox.test(a, b, paired = TRUE, exact = FALSE, correct = TRUE)$p.value
    a = np.array([0.3, 0.2, 0.9, 0.1, 0.55, 0.4, 0.25, 0.7])
    b = np.array([0.5, 0.35, 0.8, 0.7, 1.0, 0.75, 0.5, 1.2])
    tables = {"new": predictions(np.zeros(8), a), "old": predictions(np.zeros(8), -b)}
    table = compare_models(tables, ["old"])
    [row] = table[table["measure"] == "mae"].to_dict("records")
    assert (row["model"], row["reference"]) == ("new", "old")
    assert row["difference"] == pytest.approx((a - b).mean())
    assert row["p_value"] == pytest.approx(0.0208625823328, rel=1e-9)


def golden():
    """Differences and R's p-values, 4 kinds of 4 sizes twice."""
    table = pd.read_csv(Path(__file__).parents[2] / "golden/signed_rank_approximate.tsv", sep="\t")
    assert len(table) == 32
    return [pytest.param(row.differences, row.p_value, id=f"{row.Index}-{row.kind}") for row in table.itertuples()]


@pytest.mark.parametrize(("differences", "p_value"), golden())
def test_ties_and_zeros_are_handled_as_by_r(differences, p_value):
    assert signed_rank(np.array(differences.split(","), dtype=float)) == pytest.approx(p_value, rel=1e-9)


def test_bonferroni_is_over_features():
    both = [predictions(np.zeros(8), np.arange(8) + shift, name) for shift, name in ((1, "a"), (2, "b"))]
    worse = [table.assign(predicted=table["predicted"] + 1) for table in both]
    table = compare_models({"new": pd.concat(both), "old": pd.concat(worse)}, ["old"])
    table = table[table["measure"] == "mae"]
    assert table["p_adjusted"].to_numpy() == pytest.approx(2 * table["p_value"].to_numpy())


def test_equal_models_do_not_differ():
    same = predictions([1.0, 2.0, 3.0], [1.5, 2.5, 2.0])
    assert compare_models({"new": same, "old": same}, ["old"])["p_value"].tolist() == [1.0, 1.0]


def test_power_of_known_sizes():
    # G*Power 3.1, correlation: bivariate normal model, two tails, α 0.05, power 0.8: n = 84 for ρ 0.3, 29 for 0.5.
    assert detectable_correlation(84) == pytest.approx(0.3, abs=0.005)
    assert detectable_correlation(29) == pytest.approx(0.5, abs=0.01)
