"""The shared BraTS 2015 and 2013 subjects are prepared with both presets, and train for some steps."""

from dataclasses import replace

import numpy as np
import pytest

from syncohort.mri.generator_network import Pix2PixSettings
from syncohort.mri.pix2pix import CPU, Pix2Pix
from syncohort.mri.preparation import PreparedSubject, prepare_subject
from syncohort.sources.volumes.folder import find_folder
from syncohort.sources.volumes.inspection import read_subject

NAMES = {"subject_id": "S", "patient_id": "P"}


@pytest.fixture(scope="module")
def brats_2015(shared_data):
    folder = shared_data / "mri/brats2015_zscored"
    source = {
        "folder": str(folder),
        "images": {"t1ce": "{subject}/T1c_subtrMeanDivStd.nii.gz", "flair": "{subject}/Flair_subtrMeanDivStd.nii.gz"},
        "label": "{subject}/OTMultiClass.nii.gz",
        "brain": "{subject}/brainmask.nii.gz",
    }
    coding = {1: 1, 3: 1, 2: 2, 4: 3}
    return [read_subject(replace(files, coding=coding), ["t1ce", "flair"]) for files in find_folder(source)]


@pytest.fixture(scope="module")
def brats_2013(shared_data):
    kinds = {"t1": "T1", "t1ce": "T1C", "t2": "T2", "flair": "FLAIR"}
    source = {
        "folder": str(shared_data / "mri/brats2013_slices"),
        "images": {kind: f"{{subject}}/{{subject}}_{name}_slice*.nii.gz" for kind, name in kinds.items()},
        "label": "{subject}/{subject}_atropos_truth_slice*.nii.gz",
        "brain": "{subject}/{subject}_MASK_slice*.nii.gz",
    }
    coding = {1: 0, 2: 0, 3: 0, 4: 1, 5: 2, 6: 1, 7: 3}
    return [read_subject(replace(files, coding=coding), list(kinds)) for files in find_folder(source)]


def test_brats_2015_with_the_published_preparation(brats_2015, presets):
    prepared = prepare_subject(brats_2015[0], NAMES, presets("prepare", "thesis"))
    assert prepared.volumes.shape == (4, 64, 240, 240)
    assert set(np.unique(prepared.label)) == {0, 1, 2, 3}


def test_brats_2015_cropped_keeps_every_voxel_of_the_brain(brats_2015, presets):
    prepared = prepare_subject(brats_2015[0], NAMES, presets("prepare", "default", tissue_classes=0))
    assert prepared.volumes.shape == (4, 160, 192, 160)
    assert prepared.description["voxels"]["brain"] == brats_2015[0].brain.sum()
    assert prepared.description["affine"][0][0] == 1


def test_slices_of_brats_2013(brats_2013, presets):
    for subject in brats_2013:
        prepared = prepare_subject(subject, NAMES, presets("prepare", "default", shape=[160, 192, 1]))
        assert prepared.volumes.shape == (6, 1, 192, 160)
        assert set(np.unique(prepared.tissue)) == {0, 1, 2, 3}


def steps(subjects: list[PreparedSubject], settings: dict, number: int = 2) -> list[dict[str, float]]:
    chosen = Pix2PixSettings(**{name: settings[name] for name in Pix2PixSettings.__dataclass_fields__})
    task = Pix2Pix(subjects, chosen, lambda generator: 0.0, 1, CPU)
    return [{name: float(value) for name, value in task.step().items()} for _ in range(number)]


@pytest.mark.parametrize("preset", ["default", "thesis"])
def test_real_subjects_train(brats_2015, brats_2013, presets, preset):
    volumes = presets("prepare", "default", shape=[24, 26, 22], spacing=[8.0, 8.0, 8.0])
    slices = presets("prepare", "default", shape=[80, 96, 1], spacing=[2.0, 2.0, 1.0])
    model = presets(
        "models", preset, width=2, precision="fp32", matched_share=0.5, reconstruction=1, feature_matching=1
    )
    for subjects, settings in ((brats_2015, volumes), (brats_2013, slices)):
        losses = steps([prepare_subject(subject, NAMES, settings) for subject in subjects], model)
        assert np.isfinite([list(row.values()) for row in losses]).all()
        assert losses[0]["discriminator_loss"] > 0.1
