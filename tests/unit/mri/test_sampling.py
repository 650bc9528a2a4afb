"""Synthetic subjects: whose tumour is on whose brain, the same again, and files that BraTS readers and nnU-Net take."""

from dataclasses import replace

import nibabel
import numpy as np
import pytest

from syncohort.core.io import read_json, read_tsv, sha256
from syncohort.mri.export import export_subjects, intensities
from syncohort.mri.generator_network import Pix2PixSettings
from syncohort.mri.pix2pix import CPU, Pix2Pix
from syncohort.mri.preparation import BACKGROUND
from syncohort.mri.prepared_cohort import read_folder
from syncohort.mri.sampling import reconstruct, sample_subjects
from syncohort.mri.trained_generator import TrainedGenerator
from syncohort.sources.volumes.brats import find_brats
from syncohort.sources.volumes.inspection import read_subject

MODALITIES = ["t1", "t1ce", "t2", "flair"]


@pytest.fixture(scope="module")
def generator(prepared, presets):
    """A generator that has not been trained."""
    values = presets("models", "default", width=4, precision="fp32", tumour_shift=1, brain_mask=False)
    settings = Pix2PixSettings(**{name: values[name] for name in Pix2PixSettings.__dataclass_fields__})
    task = Pix2Pix(prepared, settings, lambda generator: 0.0, 1, CPU)
    return TrainedGenerator(task.weights(), settings, MODALITIES, [16, 24, 24], 3)


@pytest.fixture(scope="module")
def made(generator, prepared):
    """Six synthetic subjects of four real ones."""
    return list(sample_subjects(generator, prepared[:4], 6, seed=7, threads=1))


def test_they_are_of_the_subjects_given_and_no_others(made, prepared):
    by_name = {subject.description["subject_id"]: subject for subject in prepared[:4]}
    for subject in made:
        origin = subject.description["made_from"]
        brain = by_name[origin["brain"]]
        assert origin["tumour"] in by_name
        assert origin["tumour"] != origin["brain"]
        assert np.array_equal(subject.tissue, brain.tissue)
        assert subject.description["affine"] == brain.description["affine"]
        assert subject.label.any()
        assert not subject.label[brain.tissue == 0].any()
        assert (subject.images[:, brain.tissue == 0] == BACKGROUND).all()
        assert subject.images.min() >= -1
        assert subject.images.max() <= 1


def test_the_third_is_the_same_among_three_and_among_six(generator, made, prepared):
    fewer = list(sample_subjects(generator, prepared[:4], 3, seed=7, threads=1))
    for one, other in zip(fewer, made, strict=False):
        assert np.array_equal(one.volumes, other.volumes)
        assert one.description == other.description
    others = list(sample_subjects(generator, prepared[:4], 3, seed=8, threads=1))
    assert not np.array_equal(fewer[2].volumes, others[2].volumes)


def test_a_counterpart_has_the_label_of_its_subject(generator, prepared):
    for subject, counterpart in zip(prepared[6:], reconstruct(generator, prepared[6:], seed=1, threads=1), strict=True):
        assert np.array_equal(counterpart.label, subject.label)
        assert counterpart.description["subject_id"] == subject.description["subject_id"]
        assert counterpart.images.shape == subject.images.shape


def test_they_are_written_and_read_as_real_ones_are(made, tmp_path):
    for subject in made:
        subject.write(tmp_path)
    again = read_folder(tmp_path)
    assert [subject.description["subject_id"] for subject in again] == [f"SYN_{n:04d}" for n in range(1, 7)]
    assert np.array_equal(again[2].volumes, made[2].volumes)


def test_the_exported_folder_is_read_as_brats(made, tmp_path):
    export_subjects(made, {"seed": 7}, tmp_path / "synthetic")
    found = find_brats(tmp_path / "synthetic")
    assert [files.subject_id for files in found] == [f"SYN_{number:04d}" for number in range(1, 7)]
    for files, subject in zip(found, made, strict=True):
        read = read_subject(files, MODALITIES)
        assert np.array_equal(read.label.T, subject.label)
        assert np.array_equal(read.brain.T, subject.tissue > 0)
        assert np.allclose(read.affine, subject.description["affine"])
        image = read.images["t2"].T
        assert image.max() <= 1000
        expected = 1 + (subject.images[2].astype(np.float32) + 1) / 2 * 999
        assert np.abs(image - expected)[read.brain.T].max() <= 0.5
    assert read_json(tmp_path / "synthetic/provenance.json") == {"seed": 7}
    table = read_tsv(tmp_path / "synthetic/subjects.tsv")
    assert table["tumour_of"].tolist() == [subject.description["made_from"]["tumour"] for subject in made]
    assert table["oedema"].tolist() == [int((subject.label == 2).sum()) for subject in made]


def test_the_description_for_nnunet_names_files_that_are_there(made, tmp_path):
    export_subjects(made, {}, tmp_path)
    description = read_json(tmp_path / "dataset.json")
    assert description["channel_names"] == {"0": "t1", "1": "t1ce", "2": "t2", "3": "flair"}
    assert description["numTraining"] == len(description["dataset"]) == 6
    for case in description["dataset"].values():
        shapes = {nibabel.load(tmp_path / path).shape for path in [*case["images"], case["label"]]}
        assert shapes == {(24, 24, 16)}
    # nnU-Net writes the number of each region over those before it: what comes out must be the label that went in.
    label = made[0].label
    rebuilt = np.zeros_like(label)
    regions = [labels for name, labels in description["labels"].items() if name != "background"]
    for number, labels in zip(description["regions_class_order"], regions, strict=True):
        rebuilt[np.isin(label, labels)] = number
    assert np.array_equal(rebuilt, label)


def test_equal_subjects_give_equal_bytes(made, tmp_path):
    for name in ("one", "other"):
        export_subjects(made[:2], {}, tmp_path / name)
    files = sorted(path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*") if path.is_file())
    assert len(files) == 2 * 5 + 3
    assert all(sha256(tmp_path / "one" / path) == sha256(tmp_path / "other" / path) for path in files)


def test_intensities_by_hand():
    image, brain = np.array([[[-1.0, 0.0, 1.0, -1.0]]]), np.array([[[True, True, True, False]]])
    assert intensities(image, brain).tolist() == [[[1, 500, 1000, 0]]]


def test_a_model_without_brain_mask_has_no_background_of_its_own(generator, prepared):
    assert not generator.settings.brain_mask
    masked = replace(generator, settings=replace(generator.settings, brain_mask=True))
    one, other = (next(sample_subjects(each, prepared[:4], 1, seed=7, threads=1)) for each in (generator, masked))
    assert np.array_equal(one.volumes, other.volumes)
