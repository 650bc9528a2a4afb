from pathlib import Path

from syncohort.core.io import read_json, write_json
from syncohort.report.index import write_index
from syncohort.report.inspection import find_faults


def test_index_lists_cohorts_from_their_summaries_alone(page: Path, tmp_path: Path):
    summary = read_json(page.with_suffix(".json"))
    other = summary | {"name": "lung", "title": "Lung <b>"}
    other["models"] = [summary["models"][0] | {"headline": dict.fromkeys(("value", "ceiling", "floor"))}]
    paths = [tmp_path / name / "report.json" for name in ("kidney", "lung")]
    for content, path in zip((summary, other), paths, strict=True):
        write_json(content, path)
    write_index(paths, tmp_path / "index.html")
    text = (tmp_path / "index.html").read_text()
    assert find_faults(tmp_path / "index.html", links=True) == []
    assert text.index('href="kidney/report.html"') < text.index('href="lung/report.html"')
    assert "Lung &lt;b&gt;" in text
    headline = summary["models"][3]["headline"]
    for number in (f"{headline['value']:.3f}", f"ceiling {headline['ceiling']:.3f}", "ceiling –"):
        assert number in text
    assert "with care" in text
    assert '<th scope="col">Training classifiers</th>' in text


def test_index_of_no_cohort_is_a_page(tmp_path: Path):
    write_index([], tmp_path / "index.html")
    assert find_faults(tmp_path / "index.html") == []


def test_only_models_of_expression_have_a_leaderboard(page: Path, tmp_path: Path):
    summary = read_json(page.with_suffix(".json"))
    for models, led in ((summary["models"], True), ([], False)):
        write_json(summary | {"models": models}, tmp_path / "kidney" / "report.json")
        write_index([tmp_path / "kidney" / "report.json"], tmp_path / "index.html")
        assert ('href="leaderboard.html"' in (tmp_path / "index.html").read_text()) == led
