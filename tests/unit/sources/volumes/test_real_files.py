"""The shared BraTS 2015 and 2013 subjects load as any folder does."""

import pytest

from syncohort.core.errors import InputError
from syncohort.sources.volumes.cohort import FINDERS
from syncohort.sources.volumes.inspection import count_labels, read_subject

from .layouts import DEFAULTS

SOURCE_2013 = {
    "images": {
        "t1": "{subject}/{subject}_T1_slice*.nii.gz",
        "t1ce": "{subject}/{subject}_T1C_slice*.nii.gz",
        "t2": "{subject}/{subject}_T2_slice*.nii.gz",
        "flair": "{subject}/{subject}_FLAIR_slice*.nii.gz",
    },
    "label": "{subject}/{subject}_atropos_truth_slice*.nii.gz",
    "brain": "{subject}/{subject}_MASK_slice*.nii.gz",
}
# 1 to 3 are CSF, grey and white matter.
LABELS_2013 = {"necrosis": [4, 6], "oedema": [5], "enhancing": [7], "ignored": [1, 2, 3]}


def test_brats_2013_slices(shared_data, read):
    manifest, _ = read(
        {"folder": {"folder": str(shared_data / "mri/brats2013_slices"), **SOURCE_2013}}, labels=LABELS_2013
    )
    rows = manifest.set_index("subject_id")
    assert rows.loc["BRATS_HG0001", ["shape", "orientation", "necrosis", "oedema", "enhancing"]].tolist() == [
        *("160×216×1", "LPS", 641, 1186, 553)
    ]
    assert rows.loc["BRATS_HG0003", "shape"] == "176×216×1"


@pytest.fixture
def subjects_2015(shared_data):
    source = {
        "folder": str(shared_data / "mri/brats2015_zscored"),
        "images": {
            "t1ce": "{subject}/T1c_subtrMeanDivStd.nii.gz",
            "flair": "{subject}/Flair_subtrMeanDivStd.nii.gz",
        },
        "label": "{subject}/OTMultiClass.nii.gz",
        "brain": "{subject}/brainmask.nii.gz",
    }
    return source


def test_brats_2015_subjects(subjects_2015):
    files = FINDERS["folder"](subjects_2015)
    assert [one.subject_id for one in files] == ["brats_2013_pat0005_1", "brats_2013_pat0006_1"]
    with pytest.raises(InputError, match=r"labels 1, 2, 3, 4, of which 3 mean nothing here"):
        read_subject(files[0], ["t1ce", "flair"])
    coded = type(files[0])(**{**vars(files[0]), "coding": {1: 1, 3: 1, 2: 2, 4: 3}})
    subject = read_subject(coded, ["t1ce", "flair"])
    assert subject.label.shape == (240, 240, 155)
    # The mask is 0.99999997 in the brain, about 17 % of the volume.
    assert subject.brain.mean() == pytest.approx(0.17, abs=0.01)
    assert all(number > 0 for number in count_labels(subject.label).values())


def test_brats_2015_is_too_few_for_a_cohort(subjects_2015, read):
    labels = {"necrosis": [1, 3], "oedema": [2], "enhancing": [4], "ignored": []}
    with pytest.raises(InputError, match=r"2 subjects of 2 in .* can be used"):
        read({"folder": subjects_2015}, modalities=["t1ce", "flair"], labels=labels)
    assert DEFAULTS["modalities"] == ["t1", "t1ce", "t2", "flair"]
