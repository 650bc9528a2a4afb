"""The verdict on radiogenomics and its tables: what beats the median, whatever its name, and what can be found."""

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from syncohort.core.io import write_json
from syncohort.radiogenomics.association import associate
from syncohort.radiogenomics.evaluation import compare_models, score_predictions
from syncohort.radiogenomics.published_tables import average_errors, feature_errors
from syncohort.report.index import write_index
from syncohort.report.inspection import find_faults
from syncohort.report.radiogenomics.contents import RadiogenomicsReport
from syncohort.report.radiogenomics.verdict import most_often, radiogenomics_summary, verdict
from syncohort.report.radiogenomics.view import view_radiogenomics
from syncohort.report.rendering import templates

EMPTY = pd.DataFrame()
FEATURES = ["enhancing_volume", "sphericity"]
HISTORY = pd.DataFrame({"step": [10, 20, 30], "loss": [3, 2, 1], "monitor": [3, 1, 2], "monitor_smoothed": [3, 1, 2]})


def predictions(rng, error):
    """Forty held-out and as many training patients; the second feature is 0 in the first patient."""
    truth = np.abs(rng.normal(10, 3, (80, 2))) + 1
    truth[0, 1] = 0
    return pd.DataFrame(
        {
            "patient_id": np.repeat([f"P{number}" for number in range(80)], 2),
            "part": np.repeat(["test", "train"], 80),
            "feature": FEATURES * 80,
            "observed": truth.ravel(),
            "predicted": (truth + error * rng.normal(size=(80, 2))).ravel(),
            "scale": 20.0,
        }
    )


@pytest.fixture(scope="module")
def report():
    """A ridge that predicts well, and a median that does not; an association map of two modules."""
    made = {"ridge": predictions(np.random.default_rng(1), 0.5), "median": predictions(np.random.default_rng(1), 5)}
    scores = pd.concat([score_predictions(table).assign(model=name) for name, table in made.items()])
    comparisons = compare_models(made, ["median"])
    rng = np.random.default_rng(2)
    activity = pd.DataFrame(rng.normal(size=(40, 2)), columns=["module 1", "module 2"])
    features = pd.DataFrame(activity.to_numpy() + [0.1, 9] * rng.normal(size=(40, 2)), columns=FEATURES)
    tested = {"feature": FEATURES, "d2": [0.4, 0.1], "d2_null": -0.1, "permutations": 99}
    searched = [("network", f"fold{fold}", rate, 5e-5, 0.2, 2, rate == 0.3) for fold in (0, 1) for rate in (0.1, 0.3)]
    return RadiogenomicsReport(
        account=pd.DataFrame({"patient_id": range(43), "status": ["paired"] * 40 + ["image only"] * 3, "reason": ""}),
        scores=scores,
        comparisons=comparisons,
        average_errors=average_errors(scores, comparisons),
        feature_errors=feature_errors(scores, comparisons),
        predictions=made,
        histories={"network": dict.fromkeys(("fold0", "fold1"), HISTORY)},
        permutations=pd.DataFrame({**tested, "p_value": [0.01, 0.2], "p_adjusted": [0.01, 0.3], "model": "ridge"}),
        searches=pd.DataFrame(
            searched, columns=["model", "split", "learning_rate", "decay", "error", "trainings", "chosen"]
        ),
        associations=associate(activity, features),
        modules={"module 1": 12, "module 2": 7},
        false_alarms={"permutations": 50, "false_alarms": 0.04},
        attributions=EMPTY,
        enrichment=EMPTY,
        intercept="median",
        truth=None,
    )


def with_p_values(report, *values):
    """The same with other p-values of the comparisons by absolute error."""
    table = report.comparisons.copy()
    table.loc[table["measure"] == "mae", "p_adjusted"] = values
    return dataclasses.replace(report, comparisons=table)


def test_a_model_that_beats_the_median(report):
    said = verdict(with_p_values(report, 0.01, 1.0))
    assert said.startswith("1 of 2 image features are predicted better than by their median (signed-rank test, ")
    assert "most of them by ridge (1). By permutation of the patients ridge predicts 1 of 2 features better" in said
    assert "than chance does. 1 of 4 pairs of gene module and feature are associated" in said


def test_no_model_beats_the_median(report):
    assert verdict(with_p_values(report, 0.2, 1.0)).startswith("No model predicts any of the 2 image features better")


def test_the_power_is_always_told(report):
    # tanh((1.960 + 0.842) / √37) = 0.430, and with 2.241 for an error rate of 0.025 0.467.
    told = (
        "With 40 patients a single test finds R² ≥ 0.19 (|ρ| ≥ 0.43) with a power of 80 %, and R² ≥ 0.22 (|ρ| ≥ 0.47) "
        "after Bonferroni’s correction for 2 features; weaker effects cannot be told from none."
    )
    for values in ((0.01, 0.01), (1.0, 1.0)):
        assert verdict(with_p_values(report, *values)).endswith(told)


def test_worse_is_not_better(report):
    worse = dataclasses.replace(report, comparisons=report.comparisons.assign(difference=1.0))
    assert verdict(worse).startswith("No model predicts")


def test_smaller_percentages_alone_are_not_claimed(report):
    assert report.better_than("median", "mape")
    assert verdict(with_p_values(report, 1.0, 1.0)).startswith("No model predicts")


@pytest.mark.parametrize("p_adjusted", [0.01, 0.2])
def test_without_the_median_nothing_is_claimed(report, p_adjusted):
    blind = dataclasses.replace(with_p_values(report, p_adjusted, 1.0), intercept=None)
    assert verdict(blind).startswith("Nothing is said on whether expression predicts")
    assert radiogenomics_summary(blind)["predicted"] is None


def test_models_without_permutations_are_not_spoken_of(report):
    assert "permutation" not in verdict(dataclasses.replace(report, permutations=report.permutations[:0]))


def test_the_section_shows_tables_and_figures(report, tmp_path: Path):
    view = view_radiogenomics(report, "gbm", tmp_path)
    html = templates().get_template("radiogenomics.html").render(radiogenomics=view)
    for text in ("<th scope=\"colgroup\" class=\"number\" colspan=\"2\">Better than median</th>", "1 value of 0",
                 "in 2 of 2 folds", "<td class=\"number\">0.00005</td>", "Against chance", "mm³"):  # fmt: skip
        assert text in html
    assert [cell.best for cell in view.errors[0].cells] == [True, False]
    assert view.errors[0].cells[0].mae_marks == "✓"
    assert {path.name for path in tmp_path.glob("*.svg")} == {
        f"radiogenomics-{name}.svg" for name in ("errors", "predictions", "map", "network-training")
    }


def test_the_index_has_a_row(report, tmp_path: Path):
    summary = {
        "name": "gbm",
        "title": "GBM",
        "page": "report.html",
        "models": [],
        "mri": [],
        "nodule": [],
        "histology": [],
    }
    summary["radiogenomics"] = radiogenomics_summary(report)
    (tmp_path / "gbm").mkdir()
    (tmp_path / "gbm" / "report.html").write_text('<section id="radiogenomics"></section>')
    write_json(summary, tmp_path / "gbm" / "report.json")
    write_index([tmp_path / "gbm" / "report.json"], tmp_path / "index.html")
    text = (tmp_path / "index.html").read_text()
    assert find_faults(tmp_path / "index.html", links=True) == []
    assert 'href="gbm/report.html#radiogenomics"' in text
    assert "<td>ridge</td>" in text


def test_models_that_are_level_are_all_named_in_a_fixed_order():
    better = {("ridge", "volume"), ("net", "volume"), ("net", "axis"), ("ridge", "axis"), ("trees", "axis")}
    assert most_often(better) == (["net", "ridge"], 2)
    assert most_often(set()) == ([], 0)
