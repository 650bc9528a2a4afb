import dataclasses
import json

import numpy as np
import pandas as pd
import pytest

from syncohort.report.alerts import Alert, alerts
from syncohort.sources.curation import SCALE_IN_DOUBT


def with_selection(report, **changes):
    first, *others = report.selections
    return dataclasses.replace(report, selections=[dataclasses.replace(first, **changes), *others])


def with_model(report, **changes):
    first = report.selections[0]
    return with_selection(report, models=[dataclasses.replace(first.models[0], **changes), *first.models[1:]])


def test_alerts_of_the_simulated_cohort_warnings_first(report):
    unfinished = (
        "early stopping was never reached in full, fold0, fold1, fold2, fold3, fold4; the training ended at "
        "max_steps = 4,000 and might improve with more."
    )
    rule = "Rows of one symbol were summed on the linear scale."
    assert alerts(report) == [
        Alert("warning", f"deg, thesis: {unfinished}"),
        Alert("warning", f"pathway, thesis: {unfinished}"),
        Alert("note", f"Curation, duplicate genes: 412 of 812 (51 %); {rule}"),
        Alert("note", "Selection pathway: 2 genes not in the cohort: TCEB1, PAK7."),
    ]


def test_a_small_cohort_is_a_warning(report):
    few = report.splits["patient_id"].head(12)
    cohort = report.cohort[report.cohort.obs["patient_id"].isin(few)]
    found = [alert.text for alert in alerts(dataclasses.replace(report, cohort=cohort, splits=report.splits.head(12)))]
    assert "The cohort is small: 12 patients. Scores vary much between folds." in found
    assert "Only 12 patients have both tumour and normal, which the paired test needs." in found
    assert any(text.startswith("A fold is tested on as few as ") for text in found)


def test_dropped_samples_are_named(report):
    removed = pd.DataFrame([("sample", "P001-01", "no expression in any gene")], columns=["kind", "name", "reason"])
    assert Alert("warning", "The filter removed 1 sample: P001-01.") in alerts(with_selection(report, removed=removed))


def test_many_missing_genes_are_counted(report):
    genes = pd.DataFrame({"gene": [f"G{number}" for number in range(1000)], "status": "constant"})
    text = "Selection deg: 1,000 genes constant: G0, G1, G2, G3, G4, G5, G6, G7 and 992 more."
    assert Alert("note", text) in alerts(with_selection(report, genes=genes))


def test_training_that_was_told_not_to_stop_early_is_no_alert(report):
    model = report.selections[0].models[1]
    patient = dict(model.settings) | {"patience": 0}
    found = alerts(with_model(report, settings=patient, histories=model.histories))
    assert not any(alert.text.startswith("deg, wgan-gp: early") for alert in found)


def test_a_verdict_without_a_metric_is_told(report):
    table = report.selections[0].models[0].cross_validation.copy()
    table.loc[table["metric"].isin(["recall", "gamma_dendrograms"]), "ceiling"] = np.nan
    text = (
        "deg, wgan-gp: the verdict does without Recall, because a number is missing or the ceiling is no better than "
        "the floor."
    )
    assert Alert("note", text) in alerts(with_model(report, cross_validation=table))


def test_judges_that_fail_their_self_test_are_a_warning(report):
    table = report.selections[0].models[0].self_test.copy()
    table.loc[table["control"] == "bootstrap copy", "value"] = table["floor"]
    one = with_model(report, self_test=table).selections[0]
    failing = dataclasses.replace(report, selections=[dataclasses.replace(one, models=one.models[:1])])
    (warning,) = [alert for alert in alerts(failing) if "judges failed" in alert.text]
    assert warning.level == "warning"
    assert "a bootstrap copy of the training samples came out as trivial by γ(D)" in warning.text
    assert not [alert for alert in alerts(report) if "judges" in alert.text]


def test_a_level_that_no_training_patient_has_is_a_warning(report):
    cohort = report.cohort.copy()
    patient = report.splits.loc[report.splits["fold0"] == "test", "patient_id"].iloc[0]
    sex = cohort.obs["sex"].astype(str)
    cohort.obs["sex"] = sex.mask((cohort.obs["patient_id"] == patient).to_numpy(), "unknown")
    found = [alert.text for alert in alerts(dataclasses.replace(report, cohort=cohort))]
    text = "In fold0 no training patient has sex unknown: its samples there are guesses."
    assert text in found


def test_a_scale_in_doubt_is_a_warning(report):
    cohort = report.cohort.copy()
    doubt = "source.local.scale: m.tsv is declared counts, but its values look like logarithms."
    cohort.uns["curation"] = json.dumps([{"step": SCALE_IN_DOUBT, "number": 9, "of": 9, "rule": doubt}])
    assert Alert("warning", doubt) in alerts(dataclasses.replace(report, cohort=cohort))


@pytest.mark.parametrize(("value", "warned"), [(0.99, True), (0.51, False)])
def test_a_critic_that_knows_its_patients_is_a_warning(report, value, warned):
    model = next(model for model in report.selections[0].models if model.name == "thesis")
    scores = pd.DataFrame(
        [{"metric": "membership_critic", "space": "selected genes", "value": value, "ceiling": 0.51, "floor": 1.0}]
    )
    scored = dataclasses.replace(model, cross_validation=pd.concat([model.cross_validation, scores]))
    found = [alert.text for alert in alerts(with_selection(report, models=[scored]))]
    start = "deg, thesis: the critic knows the patients it was trained on (AUC 0.99, 0.51 for others)."
    assert any(text.startswith(start) for text in found) == warned
