"""The shared BraTS 2015 and 2013 subjects are prepared with both presets."""

from dataclasses import replace

import numpy as np
import pytest

from syncohort.mri.preparation import prepare_subject
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
    files = replace(find_folder(source)[0], coding={1: 1, 3: 1, 2: 2, 4: 3})
    return read_subject(files, ["t1ce", "flair"])


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
    prepared = prepare_subject(brats_2015, NAMES, presets("prepare", "thesis"))
    assert prepared.volumes.shape == (4, 64, 240, 240)
    assert set(np.unique(prepared.label)) == {0, 1, 2, 3}


def test_brats_2015_cropped_keeps_every_voxel_of_the_brain(brats_2015, presets):
    prepared = prepare_subject(brats_2015, NAMES, presets("prepare", "default", tissue_classes=0))
    assert prepared.volumes.shape == (4, 160, 192, 160)
    assert prepared.description["voxels"]["brain"] == brats_2015.brain.sum()
    assert prepared.description["affine"][0][0] == 1


def test_slices_of_brats_2013(brats_2013, presets):
    for subject in brats_2013:
        prepared = prepare_subject(subject, NAMES, presets("prepare", "default", shape=[160, 192, 1]))
        assert prepared.volumes.shape == (6, 1, 192, 160)
        assert set(np.unique(prepared.tissue)) == {0, 1, 2, 3}
