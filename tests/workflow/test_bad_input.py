"""What someone sees whose settings or data are wrong: one sentence, no traceback, and nothing finished is lost."""

import numpy as np
import pandas as pd
import pytest

from syncohort.core.config import merge

LOCAL = {
    "source": {"local": {"matrix": ["data/matrix.tsv.gz"], "scale": "counts", "samples": "data/samples.tsv"}},
    "covariates": {"categorical": ["sex"]},
    "splits": {"folds": 2},
}


def assert_told(printed: str, sentence: str) -> None:
    """The sentence is printed as it stands, and nothing looks like a fault of the program."""
    assert sentence in printed, printed
    assert "Traceback" not in printed, printed
    assert "fault in Syncohort" not in printed, printed


@pytest.fixture
def local(workplace):
    """A cohort of 12 patients in files of its own."""
    (workplace / "data").mkdir()
    names = [f"P{patient:02d}-{condition}" for patient in range(12) for condition in ("T", "N")]
    counts = np.random.default_rng(1).poisson(50, (20, len(names)))
    matrix = pd.DataFrame(counts, index=[f"GENE{gene}" for gene in range(20)], columns=names)
    matrix.rename_axis("gene").to_csv(workplace / "data/matrix.tsv.gz", sep="\t")
    samples = pd.DataFrame({"sample_id": names, "patient_id": [name[:3] for name in names]})
    samples["condition"] = ["tumour" if name.endswith("T") else "normal" for name in names]
    samples["sex"] = ["female", "female", "male", "male"] * 6
    samples["grade"] = ["G2", "G2", None, None] + ["G3"] * 20
    samples.to_csv(workplace / "data/samples.tsv", sep="\t", index=False)
    workplace.configure(local=LOCAL)
    return workplace


# Found when the workflow is read: no job starts.

SETTINGS = [
    pytest.param(
        {"splits": {"fold": 3}},
        "Cohort tiny (config/cohorts/tiny.yaml): unknown key splits.fold; did you mean splits.folds? "
        "Known keys here: folds, repeats, validation_fraction.",
        id="unknown key",
    ),
    pytest.param(
        {"splits": {"folds": "many"}},
        "Cohort tiny (config/cohorts/tiny.yaml): splits.folds must be a whole number, found the text 'many'.",
        id="wrong type",
    ),
    pytest.param(
        {"expression": {"pathway": {"gene_sets": "data/kegg.gmt"}}},
        "Cohort tiny: expression.pathway.gene_sets names data/kegg.gmt, and there is no such file in {folder}. "
        "Correct the path or put the file there.",
        id="missing gene sets",
    ),
]


@pytest.mark.parametrize(("change", "sentence"), SETTINGS)
def test_settings_that_cannot_be_used(workplace, tiny, change, sentence):
    workplace.configure(tiny=merge(tiny, change))
    assert_told(workplace.fail(), sentence.format(folder=workplace.folder))
    assert not (workplace / "results").exists()


def test_unknown_cohort(workplace):
    assert_told(
        workplace.fail("--config", "cohorts=[tinny]"),
        "Unknown cohort 'tinny'; did you mean tiny? Known cohorts: ",
    )


def test_unknown_key_in_the_main_configuration(workplace):
    assert_told(
        workplace.fail("--config", "sead=3"),
        "config/config.yaml: unknown key sead; did you mean seed? Known keys here: cohorts, seed, overrides, cache, "
        "mirrors.",
    )


def test_missing_matrix(local):
    (local / "data/matrix.tsv.gz").unlink()
    assert_told(
        local.fail(),
        f"Cohort local: source.local.matrix names data/matrix.tsv.gz, and there is no such file in {local.folder}. "
        "Correct the path or put the file there.",
    )


# Found by a job.


def test_truncated_matrix(local):
    matrix = local / "data/matrix.tsv.gz"
    matrix.write_bytes(matrix.read_bytes()[:400])
    assert_told(
        local.fail("results/local/cohort.h5ad"),
        "ERROR: source.local.matrix: data/matrix.tsv.gz could not be read: Compressed file ended before the "
        "end-of-stream marker was reached. It may be cut off or damaged; fetch it again.",
    )
    assert not (local / "results/local/cohort.h5ad").exists()


def test_unknown_covariate(local):
    local.configure(local=merge(LOCAL, {"covariates": {"categorical": ["gender", "sex"]}}))
    assert_told(
        local.fail("results/local/cohort.h5ad"),
        "ERROR: covariates.categorical: the sample sheet has no column 'gender'. Its columns: sample_id, patient_id, "
        "condition, sex, grade.",
    )


def test_unknown_covariate_of_a_simulated_cohort(workplace, tiny):
    workplace.configure(tiny=merge(tiny, {"covariates": {"categorical": ["gender"]}}))
    assert_told(
        workplace.fail("results/tiny/cohort.h5ad"),
        "ERROR: covariates.categorical: the simulated cohort has no column 'gender'. Its columns: patient_id, "
        "condition, sex, grade, age, library_size.",
    )


def test_covariate_with_missing_values(local):
    local.configure(local=merge(LOCAL, {"covariates": {"categorical": ["grade"]}}))
    assert_told(
        local.fail("results/local/cohort.h5ad"),
        "ERROR: covariates.categorical: the covariate 'grade' is missing in 2 of 24 samples, such as 'P01-T'. "
        "Set covariates.missing: drop_samples to leave these samples out, or remove the covariate.",
    )


def test_fewer_patients_than_folds_then_corrected(local):
    local.configure(local=merge(LOCAL, {"splits": {"folds": 13}}))
    assert_told(
        local.fail("results/local/splits.tsv"),
        "ERROR: The cohort has 12 patients, and 13 folds need at least 13. Lower splits.folds or add patients.",
    )
    assert (local / "results/local/cohort.h5ad").exists()
    local.configure(local=LOCAL)
    assert local.planned("results/local/splits.tsv") == {"cohort_split_patients": 1}


def test_no_normal_samples_for_differential_expression(workplace, tiny):
    workplace.configure(tiny=merge(tiny, {"source": {"simulated": {"normal_fraction": 0}}}))
    assert_told(
        workplace.fail("results/tiny/expression/statistics/full/test.tsv"),
        "ERROR: The training samples include no normal samples, so tumour cannot be compared with normal and selection "
        "deg is not possible. Choose selection pathway, list or all, or a source with normal samples.",
    )


def test_selection_of_too_few_genes_loses_nothing_else(finished, tiny):
    genes = "results/tiny/expression/deg/full/genes.tsv"
    others = [path for path in (finished / "results").rglob("*.*") if path.is_file() and path != finished / genes]
    before = [path.read_bytes() for path in others]
    finished.configure(tiny=merge(tiny, {"expression": {"fold_change": {"threshold": 50}}}))
    assert_told(
        finished.fail(genes),
        "ERROR: Selection deg leaves 0 of 76 genes, and at least 3 are needed: ",
    )
    assert [path.read_bytes() for path in others] == before


def test_training_that_diverges(finished, tiny):
    model = "results/tiny/expression/pathway/full/wgan-gp/model.safetensors"
    rates = {"generator_learning_rate": 1e30, "critic_learning_rate": 1e30}
    finished.configure(tiny=merge(tiny, {"expression": {"models": {"wgan-gp": rates}}}))
    assert_told(
        finished.fail(model),
        "ERROR: Training diverged: critic_loss is nan at step 10, and must be a finite number. "
        "Lower the model's learning rates, then run again.",
    )
    assert not (finished / model).exists()


def test_one_bad_cohort_does_not_keep_the_others_from_their_results(finished, local, tiny):
    data = finished / "data"
    data.symlink_to(local / "data")
    bad = merge(LOCAL, {"covariates": {"numeric": ["sex"]}})
    finished.configure(local=bad, tiny=merge(tiny, {"title": "Renamed"}))
    assert_told(
        finished.fail("--keep-going"),
        "ERROR: covariates.numeric: the covariate 'sex' holds 'female' (sample 'P00-T'), which is not a number. "
        "Correct the sheet, or move it to covariates.categorical.",
    )
    assert "Renamed" in (finished / "results/tiny/report.html").read_text()
