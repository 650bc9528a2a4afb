"""Cohorts with images run through the real workflow, alone and beside expression."""

import json

import pytest

from syncohort.core.io import read_tsv
from syncohort.mri.metrics import METRIC
from syncohort.report.inspection import find_faults
from syncohort.sources.volumes.brats import find_brats

PHANTOMS = {
    "splits": {"folds": 2},
    "mri": {
        "source": {"simulated": {"subjects": 6, "shape": [24, 24, 16]}},
        "prepare": {"shape": [24, 24, 16]},
        "models": {"small": {"width": 2, "max_steps": 4, "validate_every": 2, "precision": "fp32", "tumour_shift": 1}},
        "sample": {"split": "fold0", "number": 5},
        "segment": {
            "training_sets": ["real", "mixed-1x"],
            "repeats": 2,
            "width": 2,
            "max_steps": 2,
            "validate_every": 1,
            "precision": "fp32",
        },
    },
}

# What follows a training, with a single model.
JUDGED = {
    "mri_sample_generator": 1,
    "mri_train_segmenter": 4,
    "mri_test_segmenters": 1,
    "mri_evaluate_generator": 1,
    "mri_export_synthetic": 1,
    "report_write_cohort": 1,
    "report_write_index": 1,
}


@pytest.fixture
def images(workplace):
    """A cohort of six phantoms."""
    workplace.configure(images=PHANTOMS)
    return workplace


def test_a_cohort_of_images_alone(images):
    assert images.planned() == {
        "mri_simulate_subjects": 1,
        "mri_read_subjects": 1,
        "cohort_split_patients": 1,
        "mri_prepare_subjects": 1,
        "mri_train_generator": 1,
        **JUDGED,
    }
    images.run()
    model = images / "results/images/mri/fold0/small"
    assert read_tsv(model / "history.tsv")["step"].tolist() == [2, 4]
    description = json.loads((model / "model.json").read_text())
    assert description["modalities"] == ["t1", "t1ce", "t2", "flair"]
    assert description["shape"] == [16, 24, 24]
    assert find_faults(images / "results/images/report.html") == []
    assert find_faults(images / "results/index.html", links=True) == []
    assert not list((images / "work").rglob("checkpoint.pt"))
    assert len(find_brats(images / "results/images/mri/synthetic")) == 5
    scores = read_tsv(model / "segmentation.tsv")
    splits = read_tsv(images / "results/images/splits.tsv")
    held_out = set(splits.loc[splits["fold0"] == "test", "patient_id"])
    assert set(scores["patient_id"]) == held_out
    assert set(read_tsv(model / "metrics.tsv")["metric"]) == set(METRIC)
    assert set(read_tsv(model / "dice.tsv")["training_set"]) == {"real", "mixed-1x"}
    made_of = read_tsv(images / "results/images/mri/synthetic/subjects.tsv")
    assert not held_out & {*made_of["tumour_of"], *made_of["brain_of"]}
    assert splits["stratum"].tolist() == ["imaged"] * 6
    assert images.planned() == {}
    # Another model changes nothing before the training, another preparation nothing before that.
    more = {"mri": {"models": {"other": {"width": 4}}}}
    # Networks trained on real subjects judge it too, and what users take away is of the first model.
    judged = {"mri_train_generator": 1, **JUDGED, "mri_train_segmenter": 2}
    del judged["mri_export_synthetic"]
    assert images.planned("--config", f"overrides={json.dumps(more)}") == judged
    wider = {"mri": {"prepare": {"tissue_classes": 2}}}
    planned = {"mri_prepare_subjects": 1, "mri_train_generator": 1, **JUDGED}
    assert images.planned("--config", f"overrides={json.dumps(wider)}") == planned


def test_expression_and_images_share_their_splits(workplace, tiny):
    splits = {"folds": 2, "validation_fraction": 0.4}
    tiny["expression"] |= {"selections": ["deg"], "pathway": {}}
    workplace.configure(both={**tiny, "splits": splits, "mri": PHANTOMS["mri"]})
    workplace.run("results/both/splits.tsv")
    strata = read_tsv(workplace / "results/both/splits.tsv")["stratum"].value_counts()
    assert strata.to_dict() == {"normal+tumour": 24, "imaged": 6}
    planned = workplace.planned()
    assert planned["mri_train_generator"] == planned["report_write_cohort"] == 1


def test_a_bad_subject_is_named_and_can_be_left_out(images):
    settings = {**PHANTOMS, "mri": {**PHANTOMS["mri"], "source": {"brats": {"folder": "data/brats"}}}}
    images.run("results/images/mri/subjects.tsv")
    (images / "data").mkdir()
    (images / "results/images/mri/phantoms").rename(images / "data/brats")
    (images / "data/brats/SIM_004/SIM_004_t2.nii.gz").unlink()
    images.configure(bad=settings)
    printed = images.fail("results/bad/mri/subjects.tsv")
    assert (
        "ERROR: Subject SIM_004: it has no file for t2. Mend it, or leave it out with mri.exclude: [SIM_004]" in printed
    )
    assert "Traceback" not in printed
    images.configure(bad={**settings, "mri": {**settings["mri"], "exclude": ["SIM_004"]}})
    images.run("results/bad/mri/subjects.tsv")
    manifest = read_tsv(images / "results/bad/mri/subjects.tsv").set_index("subject_id")
    assert manifest.loc["SIM_004", "reason"] == "named in mri.exclude"


def test_a_folder_that_is_not_there_is_told_before_any_job(workplace):
    workplace.configure(images={"mri": {"source": {"brats": {"folder": "data/brats"}}}})
    printed = workplace.fail("--dry-run")
    assert "Cohort images: mri.source.brats.folder names data/brats, and there is no such folder in" in printed


def test_two_processes_train_one_generator(images):
    model = "results/images/mri/fold0/small/model.safetensors"
    images.run(model, "--set-resources", "mri_train_generator:gpu=2")
    assert "2 processes train together." in (images / "logs/images/mri_train_generator/small.fold0.log").read_text()
    assert read_tsv(images / "results/images/mri/fold0/small/history.tsv")["step"].tolist() == [2, 4]
