"""The tiny cohort from end to end: what comes out, that it comes out once, and that it comes out the same again."""

import json
import re
import zipfile

import numpy as np
import pandas as pd
import pytest

from syncohort.core.cohort import provenance_of, read_cohort, scale_of
from syncohort.core.io import read_tsv

MODEL = "results/tiny/expression/pathway/full/wgan-gp"
FOLD = "results/tiny/expression/pathway/fold0/wgan-gp"
SYNTHETIC = "results/tiny/expression/pathway/synthetic"
REPEATABLE = [
    f"{MODEL}/model.safetensors",
    f"{MODEL}/model.json",
    f"{MODEL}/history.tsv",
    f"{SYNTHETIC}.h5ad",
    f"{SYNTHETIC}.tsv.gz",
    f"{SYNTHETIC}.json",
    f"{FOLD}/metrics.tsv",
    f"{FOLD}/learning_curve.tsv",
    f"{FOLD}/self_test.tsv",
]


def test_the_pages_are_there(finished_run):
    index = (finished_run / "results/index.html").read_text()
    assert 'href="tiny/report.html"' in index
    assert "Tiny cohort" in index
    page = (finished_run / "results/tiny/report.html").read_text()
    assert "<title>Tiny cohort" in page
    assert len(page.encode()) < 15_000_000
    assert 'href="tiny/report.html#deg"' in (finished_run / "results/leaderboard.html").read_text()
    board = pd.read_csv(finished_run / "results/leaderboard.tsv", sep="\t")
    assert set(board["selection"]) == {"deg", "pathway"}
    assert set(board["metric"]) >= {"gamma_distances", "recall", "tstr", "membership_distance"}


@pytest.mark.parametrize("selection", ["deg", "pathway"])
def test_the_synthetic_cohort_obeys_the_contract(finished_run, selection):
    folder = finished_run / f"results/tiny/expression/{selection}"
    real, synthetic = read_cohort(finished_run / "results/tiny/cohort.h5ad"), read_cohort(folder / "synthetic.h5ad")
    genes = read_tsv(folder / "full/genes.tsv")

    assert synthetic.var_names.tolist() == genes.loc[genes["status"] == "selected", "gene"].tolist()
    assert synthetic.X.dtype == np.float32
    assert scale_of(synthetic) == scale_of(real)
    assert np.isfinite(synthetic.X).all()
    assert synthetic.X.min() >= 0, "counts are never negative"
    assert synthetic.obs_names.is_unique
    assert not set(synthetic.obs["patient_id"]) & set(real.obs["patient_id"])
    for covariate in ("condition", "sex", "age"):  # as in the real cohort, sample by sample
        assert synthetic.obs[covariate].tolist() == real.obs[covariate].tolist()
    assert {"versions", "commit", "seed", "settings", "inputs"} <= set(provenance_of(synthetic))


def test_the_table_holds_what_the_h5ad_holds(finished_run):
    synthetic = read_cohort(finished_run / f"{SYNTHETIC}.h5ad")
    table = pd.read_csv(finished_run / f"{SYNTHETIC}.tsv.gz", sep="\t", index_col="sample_id")
    assert table.index.tolist() == synthetic.obs_names.tolist()
    assert table["condition"].tolist() == synthetic.obs["condition"].tolist()
    np.testing.assert_allclose(table[synthetic.var_names].to_numpy(), synthetic.X, rtol=1e-6)


def test_every_fold_is_scored_on_patients_its_model_never_saw(finished_run):
    splits = read_tsv(finished_run / "results/tiny/splits.tsv")
    assert ((splits[["fold0", "fold1"]] == "test").sum(axis=1) == 1).all()
    real = read_cohort(finished_run / "results/tiny/cohort.h5ad").obs
    for fold in ("fold0", "fold1"):
        held_out = set(splits.loc[splits[fold] == "test", "patient_id"])
        normalised = read_cohort(finished_run / f"results/tiny/expression/pathway/{fold}/normalised.h5ad").obs
        assert set(normalised["patient_id"]) == set(real["patient_id"]) - held_out


def test_cross_validation_joins_the_folds(finished_run):
    scores = read_tsv(finished_run / "results/tiny/expression/pathway/cross_validation/wgan-gp.tsv")
    folds = [
        read_tsv(finished_run / f"results/tiny/expression/pathway/{fold}/wgan-gp/metrics.tsv")
        for fold in ("fold0", "fold1")
    ]
    joined = scores.merge(folds[0], on=["metric", "space"]).merge(folds[1], on=["metric", "space"])
    assert len(joined) == len(scores)
    # Scores of a pathway's genes by pathways, or of differential genes where all are, are not defined.
    defined = joined[["value_y", "value"]].notna().sum(axis=1)
    assert (joined["n_x"] == defined).all()
    assert (defined == 2).mean() > 0.7
    both = joined[defined == 2]
    np.testing.assert_allclose(both["value_x"], (both["value_y"] + both["value"]) / 2)


def test_every_fold_has_a_learning_curve_and_a_self_test(finished_run):
    folder = finished_run / "results/tiny/expression/pathway"
    curve = read_tsv(folder / "fold0/wgan-gp/learning_curve.tsv")
    assert {"classifier", "size", "real", "augmented", "gain"} <= set(curve.columns)
    for table in (folder / "fold0/wgan-gp/self_test.tsv", folder / "cross_validation/wgan-gp.self_test.tsv"):
        assert read_tsv(table)["control"].unique().tolist() == ["bootstrap copy", "permuted genes"]
    assert len(read_tsv(folder / "cross_validation/wgan-gp.learning_curve.tsv")) == len(curve)


def test_a_second_run_does_nothing(finished):
    before = {path: path.stat().st_mtime_ns for path in (finished / "results").rglob("*")}
    assert "Nothing to be done" in finished.run()
    assert {path: path.stat().st_mtime_ns for path in (finished / "results").rglob("*")} == before


def test_checkpoints_are_gone_once_the_models_are_safe(finished_run):
    assert not list((finished_run / "work").rglob("checkpoint.pt"))


def test_the_same_seed_gives_the_same_bytes(finished_run, workplace):
    workplace.run(f"{SYNTHETIC}.h5ad", f"{FOLD}/metrics.tsv")
    for path in REPEATABLE:
        assert (workplace / path).read_bytes() == (finished_run / path).read_bytes(), path


def test_another_seed_gives_others(finished_run, workplace):
    model = f"{MODEL}/model.safetensors"
    workplace.run(model, "--config", "seed=2")
    assert (workplace / model).read_bytes() != (finished_run / model).read_bytes()
    cohort = "results/tiny/cohort.h5ad"
    assert not np.array_equal(read_cohort(workplace / cohort).X, read_cohort(finished_run / cohort).X)


def test_the_gzipped_table_names_no_time_and_no_file(finished_run):
    header = (finished_run / f"{SYNTHETIC}.tsv.gz").read_bytes()[:10]
    assert header[:4] == b"\x1f\x8b\x08\x00", "no flags, so no file name"
    assert header[4:8] == bytes(4), "no time"


def test_the_report_of_snakemake_is_built_with_captions(finished):
    finished.run("--report", "archive.zip")
    with zipfile.ZipFile(finished / "archive.zip") as archive:
        page = archive.read("archive/report.html").decode()
        held = {name.rsplit("/", 1)[1] for name in archive.namelist()}
    assert held == {"report.html", "index.html", "leaderboard.html"}
    assert "All cohorts of this run in one table, each with its verdict." in page
    assert "Report of the cohort tiny: how real its synthetic samples are" in page
    finished.run("--report", "alone.html")
    page = (finished / "alone.html").read_text()
    assert not re.findall(r"<(?:script|link)[^>]+(?:src|href)=[\"']?https?:", page), "opens offline"


def test_overrides_of_the_command_line_reach_the_settings(finished):
    finished.run("--config", "overrides={title: Renamed, expression: {sample: {number: null}}}")
    report = json.loads((finished / "results/tiny/report.json").read_text())
    assert report["title"] == "Renamed"
