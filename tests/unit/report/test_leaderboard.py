"""The leaderboard: nobody wins by one use alone, the table holds what the page shows, and what is unknown is last."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from syncohort.core.io import read_json, read_tsv, write_json
from syncohort.report.expression.verdict import UNKNOWN, UNUSABLE, USABLE, USES
from syncohort.report.inspection import find_faults
from syncohort.report.leaderboard import COLUMNS, Entry, Standing, finding, rank, write_leaderboard

NAMES = [use.name for use in USES]


def entry(model: str, relatives: list[float]) -> Entry:
    """A model with a relative score for each use, in the order of `USES`."""
    standings = {
        name: Standing(UNKNOWN if np.isnan(value) else USABLE if value >= 0.5 else UNUSABLE, "words", value, "metric")
        for name, value in zip(NAMES, relatives, strict=True)
    }
    return Entry("kidney", "Kidney", "kidney/report.html", "deg", 12, model, "normal", standings, {})


COPY = entry("copy", [1, 1, 1, 1, 1, 0])
NOISE = entry("noise", [0, 0.9, 0, 0, 0, 1])
EVEN = entry("even", [0.8, 0.9, 0.7, 0.9, 0.8, 0.9])


def test_models_are_ranked_by_the_use_they_are_worst_at():
    ranked = rank([COPY, NOISE, EVEN])
    assert [(each.model, each.rank) for each in ranked] == [("even", 1), ("copy", 2), ("noise", 3)]
    assert ranked[0].weakest == (NAMES[2], 0.7)
    assert finding(ranked) == "Kidney, deg: even comes first, with 0.70 at its weakest use, whole samples."


def test_who_leaks_is_the_best_for_nothing():
    best = {each.model: each.best for each in rank([COPY, NOISE, EVEN])}
    assert best["copy"] == frozenset()
    assert best["noise"] == {NAMES[-1], NAMES[1]} - best["even"]
    assert best["even"] | best["noise"] == set(NAMES)


@pytest.mark.parametrize("relatives", [[np.nan] * 6, [np.nan] * 5 + [0.2]])
def test_what_is_unknown_wins_nothing(relatives: list[float]):
    unknown = entry("unknown", relatives)
    assert [each.model for each in rank([unknown, EVEN])] == ["even", "unknown"]
    assert rank([unknown, EVEN])[1].best == frozenset()


def test_nothing_to_tell_is_said():
    assert finding(rank([entry("unknown", [np.nan] * 6)])) == "Kidney, deg: nothing could be told."


@pytest.fixture
def summaries(page: Path, tmp_path: Path) -> list[Path]:
    """Summaries of two cohorts; that of the second has a title to escape and a metric that was not computed."""
    summary: dict[str, Any] = read_json(page.with_suffix(".json"))
    paths = [tmp_path / name / "report.json" for name in ("kidney", "lung")]
    write_json(summary, paths[0])
    undefined = dict.fromkeys(("value", "ci_low", "ci_high", "relative")) | {"grade": "unknown"}
    models = [dict(model, scores=[model["scores"][0] | undefined, *model["scores"][1:]]) for model in summary["models"]]
    write_json(summary | {"name": "lung", "title": "Lung <b>", "models": models}, paths[1])
    return paths


def test_the_page_has_every_model_of_every_cohort_and_the_table_every_score(summaries: list[Path], tmp_path: Path):
    write_leaderboard(summaries, tmp_path / "leaderboard.html", tmp_path / "leaderboard.tsv")
    text = (tmp_path / "leaderboard.html").read_text()
    assert find_faults(tmp_path / "leaderboard.html", links=True) == []
    assert "2 models, 2 cohorts, 4 selections of genes" in text
    assert 'href="kidney/report.html#deg"' in text
    assert "Lung &lt;b&gt;" in text
    table = read_tsv(tmp_path / "leaderboard.tsv")
    assert list(table) == COLUMNS
    models = [model for path in summaries for model in read_json(path)["models"]]
    assert len(table) == sum(len(model["scores"]) for model in models)
    deciding = {decides for use in USES for decides in use.metrics.items()}
    assert set(table.loc[table["use"].notna(), ["metric", "space"]].itertuples(index=False, name=None)) == deciding
    shown = table[(table["metric"] == "recall") & (table["use"] == "whole samples")]
    for row in shown.itertuples():
        assert f"<strong>{row.value:.3f}</strong>" in text
        assert f"{row.ci_low:.3f} to {row.ci_high:.3f}" in text


def test_scores_are_those_of_the_cohort(summaries: list[Path], report, tmp_path: Path):
    write_leaderboard(summaries[:1], tmp_path / "leaderboard.html", tmp_path / "leaderboard.tsv")
    table = read_tsv(tmp_path / "leaderboard.tsv").set_index(["selection", "model", "metric", "space"])
    for selection in report.selections:
        for model in selection.models:
            for row in model.cross_validation.itertuples():
                found = table.loc[(selection.name, model.name, row.metric, row.space)]
                for name in ("value", "ci_low", "ci_high", "ceiling", "floor"):
                    np.testing.assert_allclose(found[name], getattr(row, name), rtol=1e-9)


def test_no_cohort_is_a_page(tmp_path: Path):
    write_leaderboard([], tmp_path / "leaderboard.html", tmp_path / "leaderboard.tsv")
    assert find_faults(tmp_path / "leaderboard.html", links=True) == []
    assert list(read_tsv(tmp_path / "leaderboard.tsv")) == COLUMNS
