import base64
import dataclasses
import html
import re
import shutil
import subprocess
import sys
from pathlib import Path

import anndata
import numpy as np
import pandas as pd
import pytest

from syncohort.core.cohort import make_cohort, provenance_of, scale_of
from syncohort.core.io import read_json, read_tsv
from syncohort.expression.metrics import METRIC
from syncohort.report.contents import CohortReport, load_cohort_report
from syncohort.report.inspection import find_faults
from syncohort.report.page import MOST_BYTES, write_cohort_report

PER_MODEL = ("training", "distances", "dendrograms", "distributions", "learning")
FIGURES = {"deg-volcano"} | {
    f"{selection}-{model}-{figure}"
    for selection in ("deg", "pathway")
    for model in ("wgan-gp", "thesis")
    for figure in PER_MODEL
}


def test_page_has_no_fault(page: Path):
    assert find_faults(page) == []


def test_every_figure_is_a_file_in_three_kinds_and_on_the_page(page: Path):
    files = {path.name for path in (page.parent / "figures").iterdir()}
    assert files == {f"{name}.{kind}" for name in FIGURES for kind in ("png", "svg", "tsv")}
    assert set(re.findall(r'<figure class="figure" id="([^"]+)"', page.read_text())) == FIGURES


def test_downloads_are_the_files(page: Path):
    downloads = dict(re.findall(r'href="data:[^,]*;base64,([^"]+)" download="([^"]+)"', page.read_text()))
    contents = {name: base64.b64decode(content) for content, name in downloads.items()}
    for path in (page.parent / "figures").iterdir():
        assert contents[path.name] == path.read_bytes()


def test_every_figure_has_one_sentence_of_finding(page: Path):
    findings = re.findall(r'<figure.*?<p class="finding">(.*?)</p>', page.read_text(), re.DOTALL)
    assert len(findings) == len(FIGURES)
    for finding in map(html.unescape, findings):
        assert re.search(r"\d", finding)
        assert finding.endswith(".")
        assert not re.search(r"\. [A-Z]", finding)


def test_sections_are_in_order(page: Path):
    sections = re.findall(r'<section id="([^"]+)"', page.read_text())
    assert sections == [
        "verdict", "self-test", "alerts", "cohort", "deg", "pathway", "limitations", "methods", "settings", "reproduce",
    ]  # fmt: skip


@pytest.mark.parametrize("axis", ["fidelity", "biology", "utility", "privacy"])
def test_every_axis_has_a_finding_per_model_and_a_table(page: Path, axis: str):
    text = page.read_text()
    for selection in ("deg", "pathway"):
        section = text.split(f'<h3 id="{selection}-{axis}">')[1].split("<h3")[0]
        findings = re.findall(r'<p class="finding">(wgan-gp|thesis): (.*?)</p>', section)
        assert [model for model, _ in findings[:2]] == ["wgan-gp", "thesis"]
        assert all(re.search(r"\d.*\.$", finding) for _, finding in findings)
        assert section.count('<table class="scores">') >= 1


def test_every_metric_of_the_results_is_on_the_page(page: Path, results: Path):
    text = html.unescape(page.read_text())
    table = read_tsv(results / "expression/pathway/cross_validation/thesis.tsv")
    for metric in table["metric"].unique():
        assert METRIC[metric].label in text, metric


def test_the_self_test_is_printed_and_passed(page: Path):
    section = page.read_text().split('<section id="self-test"')[1].split("</section>")[0]
    assert "The judges passed: a copy of the patients came out as real, useful and not private" in section
    assert section.count("✓") == 10
    assert "✗" not in section


def test_folds_without_labels_have_no_learning_curve(report: CohortReport, tmp_path: Path):
    first = report.selections[0]
    none = [dataclasses.replace(model, learning_curve=model.learning_curve[:0]) for model in first.models]
    bare = dataclasses.replace(report, selections=[dataclasses.replace(first, models=none)])
    write_cohort_report(bare, tmp_path / "report.html", tmp_path / "figures")
    assert find_faults(tmp_path / "report.html") == []
    assert not list((tmp_path / "figures").glob("*learning*"))


def test_gene_names_are_escaped(page: Path):
    text = page.read_text()
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert text.count("<script") == 1


def test_titles_are_escaped(results: Path, settings: dict, tmp_path: Path):
    hostile = settings | {"title": "</title><script>alert(2)</script>", "description": "a & b <img src=x>"}
    hostile["expression"] = settings["expression"] | {"selections": ["pathway"]}
    report = load_cohort_report(results, settings=hostile, changed=frozenset(), command=["true && <b>"])
    write_cohort_report(report, tmp_path / "report.html", tmp_path / "figures")
    assert find_faults(tmp_path / "report.html") == []
    assert (tmp_path / "report.html").read_text().count("<script") == 1


def test_equal_results_give_equal_bytes(report, page: Path, tmp_path: Path):
    write_cohort_report(report, tmp_path / "report.html", tmp_path / "figures")
    assert (tmp_path / "report.html").read_bytes() == page.read_bytes()
    for path in (page.parent / "figures").iterdir():
        assert (tmp_path / "figures" / path.name).read_bytes() == path.read_bytes()


def test_summary_holds_the_scores_of_the_tables(page: Path, results: Path):
    summary = read_json(page.with_suffix(".json"))
    assert [(row["selection"], row["model"]) for row in summary["models"]] == [
        ("deg", "wgan-gp"), ("deg", "thesis"), ("pathway", "wgan-gp"), ("pathway", "thesis"),
    ]  # fmt: skip
    table = read_tsv(results / "expression/pathway/cross_validation/thesis.tsv").set_index(["metric", "space"])
    expected = table.loc[("gamma_distances", "selected genes")]
    headline = summary["models"][3]["headline"]
    assert (headline["value"], headline["ceiling"]) == (expected["value"], expected["ceiling"])
    verdicts = {row["use"]: row for row in summary["models"][3]["verdicts"]}
    assert (verdicts["single genes"]["grade"], verdicts["single genes"]["metric"]) == ("care", "wasserstein")
    assert verdicts["whole samples"]["grade"] == "unusable"


def test_a_cohort_without_normals_has_no_volcano(results: Path, settings: dict, tmp_path: Path):
    folder = tmp_path / "kidney"
    shutil.copytree(results, folder, ignore=shutil.ignore_patterns("test.tsv", "fold_change.tsv", "figures"))
    only = settings | {"expression": settings["expression"] | {"selections": ["pathway"]}}
    report = load_cohort_report(folder, settings=only, changed=frozenset(), command=[])
    write_cohort_report(report, folder / "report.html", folder / "figures")
    assert find_faults(folder / "report.html") == []
    assert not list((folder / "figures").glob("*volcano*"))
    assert "log₂ fold change" not in (folder / "report.html").read_text()


def test_a_model_without_a_network_has_no_course_of_training(results: Path, settings: dict, tmp_path: Path):
    models = settings["expression"]["models"] | {
        "thesis": {"kind": "normal", "shrinkage": "ledoit_wolf", "smallest_class": 10}
    }
    plain = settings | {"expression": settings["expression"] | {"selections": ["pathway"], "models": models}}
    report = load_cohort_report(results, settings=plain, changed=frozenset(), command=[])
    assert [bool(model.histories) for model in report.selections[0].models] == [True, False]
    write_cohort_report(report, tmp_path / "report.html", tmp_path / "figures")
    assert find_faults(tmp_path / "report.html") == []
    assert {path.stem for path in (tmp_path / "figures").glob("*-training.png")} == {"pathway-wgan-gp-training"}
    text = (tmp_path / "report.html").read_text()
    assert "Without a network, and so without a course of training: thesis." in text
    assert "The generator “thesis” is a multivariate normal distribution" in text


def test_four_thousand_genes_in_every_selection_stay_below_the_limit(report: CohortReport, tmp_path: Path):
    write_cohort_report(enlarged(report, 4000), tmp_path / "report.html", tmp_path / "figures")
    assert find_faults(tmp_path / "report.html") == []
    assert (tmp_path / "report.html").stat().st_size < MOST_BYTES


def enlarged(report: CohortReport, genes: int) -> CohortReport:
    """Report with more genes, all selected and all noise, which compresses worst."""
    rng = np.random.default_rng(0)
    names = pd.Index([f"ENSG{number:011d}" for number in range(genes)])

    def grown(cohort: anndata.AnnData) -> anndata.AnnData:
        values = rng.gamma(4, 2, (cohort.n_obs, genes))
        return make_cohort(values, cohort.obs, pd.DataFrame(index=names), scale_of(cohort), provenance_of(cohort))

    p_values = rng.random(genes) ** 8
    test = pd.DataFrame({"gene": names, "n": 72, "statistic": 1.0, "p_value": p_values, "p_adjusted": p_values})
    change = pd.DataFrame({"gene": names, "mean_tumour": 1.0, "mean_normal": 1.0})
    change["log2_fold_change"] = rng.normal(0, 2, genes)
    selections = [
        dataclasses.replace(
            selection,
            test=test.assign(significant=p_values < 0.01),
            fold_change=change,
            genes=pd.DataFrame({"gene": names, "status": "selected"}),
            models=[dataclasses.replace(model, synthetic=grown(model.synthetic)) for model in selection.models],
        )
        for selection in report.selections
    ]
    return dataclasses.replace(report, cohort=grown(report.cohort), selections=selections)


def test_report_does_not_import_torch():
    code = "import sys, syncohort.report.page, syncohort.report.index; sys.exit('torch' in sys.modules)"
    source = Path(__file__).parents[3] / "src"
    assert subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": str(source)}).returncode == 0
