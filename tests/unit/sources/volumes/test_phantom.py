"""The phantom: seeded, true to what it says of itself, and read back as any BraTS folder."""

import numpy as np
import pytest

from syncohort.sources.volumes.cohort import subject_files
from syncohort.sources.volumes.inspection import read_subject
from syncohort.sources.volumes.nifti import read_volume
from syncohort.sources.volumes.phantom import simulate_phantom
from syncohort.sources.volumes.simulated import simulate_volume_cohort
from syncohort.sources.volumes.subject import Volume

SETTINGS = {"subjects": 5, "shape": [32, 40, 24], "bias_field": 0.0, "noise": 0.0}
MODALITIES = ["t1", "t1ce", "t2", "flair"]


@pytest.fixture(scope="module")
def phantom():
    return simulate_phantom(SETTINGS, np.random.default_rng(3))


def test_a_cohort_is_read_back(tmp_path, read):
    truth = simulate_volume_cohort(SETTINGS, tmp_path / "a", seed=7)
    manifest, _ = read({"brats": {"folder": str(tmp_path / "a")}})
    assert manifest["subject_id"].tolist() == truth["subject_id"].tolist()
    for name in ("necrosis", "oedema", "enhancing"):
        assert (manifest[name] == truth[name]).all()
        assert (truth[name] > 0).all()
    subject = read_subject(subject_files(manifest.iloc[0]), MODALITIES)
    tissue = read_volume(Volume(tmp_path / "a/SIM_001/SIM_001_tissue.nii.gz"))[0]
    assert np.array_equal(subject.brain, tissue > 0)
    # The tumour lies where the truth says, in millimetres.
    centre = subject.affine[:3, :3] @ np.argwhere(subject.label).mean(axis=0) + subject.affine[:3, 3]
    assert np.linalg.norm(centre - truth.loc[0, ["x_mm", "y_mm", "z_mm"]].to_numpy(float)) < 12
    simulate_volume_cohort({**SETTINGS, "subjects": 6}, tmp_path / "b", seed=7)
    file = "SIM_003/SIM_003_flair.nii.gz"
    assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


def test_every_modality_has_its_own_contrast(phantom):
    healthy = phantom.label == 0
    means = {
        name: [image[healthy & (phantom.tissue == tissue)].mean() for tissue in (1, 2, 3)]
        for name, image in phantom.images.items()
    }
    assert means["t1"] == sorted(means["t1"])
    assert means["t2"] == sorted(means["t2"], reverse=True)
    assert means["flair"][0] < means["flair"][2] < means["flair"][1]
    enhancing = phantom.label == 3
    gain = phantom.images["t1ce"][enhancing].mean() / means["t1ce"][2]
    assert gain > 1.2 > phantom.images["t1"][enhancing].mean() / means["t1"][2]


def test_labels_are_nested_and_in_the_brain(phantom):
    assert not phantom.label[phantom.tissue == 0].any()
    core, whole = np.argwhere(np.isin(phantom.label, (1, 3))), np.argwhere(phantom.label > 0)
    assert (whole.min(axis=0) <= core.min(axis=0)).all()
    assert (whole.max(axis=0) >= core.max(axis=0)).all()
    assert all((image[phantom.tissue == 0] == 0).all() for image in phantom.images.values())
    assert all((image[phantom.tissue > 0] > 0).all() for image in phantom.images.values())


def test_noise_and_bias_do_what_they_say():
    def white(**settings):
        made = simulate_phantom({**SETTINGS, **settings}, np.random.default_rng(3))
        values = made.images["t1"][(made.tissue == 3) & (made.label == 0)]
        return values.std() / values.mean()

    clean = white()
    assert white(noise=0.2) > 1.5 * clean
    assert white(bias_field=0.4) > 1.5 * clean
