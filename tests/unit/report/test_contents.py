from pathlib import Path

import pytest

from syncohort.report.contents import CohortReport, load_cohort_report


def test_everything_is_read_in_the_order_of_the_configuration(report: CohortReport):
    assert report.name == "kidney"
    assert [selection.name for selection in report.selections] == ["deg", "pathway"]
    deg = report.selections[0]
    assert [model.name for model in deg.models] == ["wgan-gp", "thesis"]
    assert list(deg.models[0].histories) == ["full", "fold0", "fold1", "fold2", "fold3", "fold4"]
    assert list(deg.models[0].metrics) == ["fold0", "fold1", "fold2", "fold3", "fold4"]
    assert list(deg.models[0].synthetic.var_names) == list(deg.selected)
    assert "TCEB1" not in report.selections[1].selected


def test_a_cohort_without_title_has_its_name(results: Path, settings: dict):
    report = load_cohort_report(results, settings=settings | {"title": ""}, changed=frozenset(), command=[])
    assert report.title == "kidney"


def test_the_folds_of_all_repeats_are_read(results: Path, settings: dict):
    # Five folds on the disk are those of one repeat of five; of two repeats of two there are four.
    repeated = settings | {"splits": settings["splits"] | {"folds": 2, "repeats": 2}}
    report = load_cohort_report(results, settings=repeated, changed=frozenset(), command=[])
    model = report.selections[0].models[0]
    assert (list(model.metrics), model.repeats) == (["fold0", "fold1", "fold2", "fold3"], 2)


def test_a_missing_result_is_not_passed_over(results: Path, settings: dict):
    more = settings | {"splits": settings["splits"] | {"folds": 6}}
    with pytest.raises(FileNotFoundError, match="fold5"):
        load_cohort_report(results, settings=more, changed=frozenset(), command=[])
