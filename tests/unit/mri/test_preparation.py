"""Preparing a subject: what the presets say, to the voxel; nothing leaks, and nothing is lost without a word."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from syncohort.core.errors import InputError
from syncohort.mri.grid import ORIENTATION, fit_grid
from syncohort.mri.preparation import PreparedSubject, prepare_subject
from syncohort.mri.prepared_cohort import prepare_cohort, read_prepared
from syncohort.sources.volumes.cohort import read_volume_cohort
from syncohort.sources.volumes.inspection import Subject
from syncohort.sources.volumes.orientation import orient
from syncohort.sources.volumes.simulated import simulate_volume_cohort

NAMES = {"subject_id": "S", "patient_id": "P"}


def place(affine: np.ndarray, voxels: np.ndarray) -> np.ndarray:
    """Millimetres of the mean of voxels (x, y, z)."""
    return affine[:3, :3] @ voxels.mean(axis=0) + affine[:3, 3]


def ramp(shape: tuple[int, int, int]) -> Subject:
    """A volume that tells each voxel's place: x + 100 y + 10000 z, a small tumour in the middle."""
    x, y, z = np.meshgrid(*map(np.arange, shape), indexing="ij")
    label = np.zeros(shape, dtype=np.uint8)
    middle = tuple(size // 2 for size in shape)
    label[middle[0] - 1 : middle[0] + 2, middle[1] - 1 : middle[1] + 2, middle[2] - 2 : middle[2] + 3] = 3
    brain = np.ones(shape, dtype=bool)
    brain[0] = False
    return Subject({"t1": (x + 100 * y + 10000 * z).astype(np.float32)}, label, brain, np.eye(4), {3: 3})


def test_thesis_drops_slices_and_stretches_by_the_nearest_voxel(presets):
    settings = presets("prepare", "thesis")
    assert (settings["drop_slices"], settings["shape"]) == (30, [240, 240, 64])
    # The published ratio, 155 slices of which 95 are brought to 64, on narrow slices.
    subject = ramp((6, 5, 155))
    prepared = prepare_subject(subject, NAMES, {**settings, "shape": [6, 5, 64]})
    assert prepared.volumes.shape == (3, 64, 5, 6)
    low, high = prepared.description["intensities"]["t1"]
    values = (prepared.images[0, :, 0, 0].astype(float) + 1) / 2 * (high - low) + low
    expected = 30 + np.floor((np.arange(64) + 0.5) * 95 / 64)
    assert np.abs(values / 10000 - expected).max() < 0.1
    assert [prepared.images.min(), prepared.images.max()] == [-1, 1]
    # Voxels are 95/64 mm thick now, and what was in the middle still is.
    affine = np.array(prepared.description["affine"])
    assert affine[2, 2] == pytest.approx(95 / 64)
    found = place(affine, np.argwhere(prepared.label.T))
    assert np.linalg.norm(found - place(subject.affine, np.argwhere(subject.label))) < 1
    assert set(np.unique(prepared.tissue)) == {0, 1}


def test_default_crops_to_the_brain_and_scales_by_it(phantoms, presets):
    subject = phantoms[0]
    prepared = prepare_subject(subject, NAMES, presets("prepare", "default", shape=[24, 24, 16]))
    brain = prepared.tissue > 0
    assert brain.sum() == subject.brain.sum()
    assert (prepared.images[:, ~brain] == -1).all()
    # A permutation of the same voxels: percentiles of the source are those of the prepared image.
    low, high = np.percentile(subject.images["t2"][subject.brain], [0.5, 99.5])
    assert prepared.description["intensities"]["t2"] == pytest.approx([low, high])
    scaled = np.sort((2 * (subject.images["t2"][subject.brain] - low) / (high - low) - 1).clip(-1, 1))
    assert np.sort(prepared.images[2][brain].astype(float)) == pytest.approx(scaled, abs=1e-3)
    # The box is centred on the brain, to a voxel.
    places = np.argwhere(brain)
    assert np.abs((places.min(axis=0) + places.max(axis=0)) - (np.array(brain.shape) - 1)).max() <= 1


def test_the_affine_leads_back_to_the_same_place(phantoms, presets):
    for settings in (
        presets("prepare", "default", shape=[30, 28, 20]),
        presets("prepare", "default", shape=[40, 48, 40], spacing=[4.0, 4.0, 4.0]),
        presets("prepare", "thesis", drop_slices=1, shape=[30, 20, 18]),
    ):
        subject = phantoms[1]
        prepared = prepare_subject(subject, NAMES, settings)
        affine = np.array(prepared.description["affine"])
        before = place(subject.affine, np.argwhere(subject.brain))
        after = place(affine, np.argwhere(prepared.tissue.T))
        assert np.linalg.norm(before - after) < 4, settings
        assert (np.diag(affine)[:3] > 0).all()


def test_images_are_linear_where_asked_and_labels_never():
    subject = ramp((10, 10, 10))
    subject.images["t1"] %= 100
    settings = {"drop_slices": 0, "fit": "crop", "shape": [20, 20, 20], "spacing": [0.5, 0.5, 0.5]}
    settings |= {"scaling": "minimum_maximum", "tissue_classes": 0}
    for interpolation, number in (("linear", 19), ("nearest", 10)):
        prepared = prepare_subject(subject, NAMES, {**settings, "interpolation": interpolation})
        assert len(np.unique(prepared.images[0, 10, 10])) >= number
        assert (len(np.unique(prepared.images[0, 10, 10])) <= 11) == (interpolation == "nearest")
        assert set(np.unique(prepared.label)) == {0, 3}


def test_tissue_classes_are_those_of_the_phantom(tissues, phantoms, prepared, presets):
    """Three classes by brightness are CSF, grey and white matter; under the tumour they are guessed."""
    for tissue, subject, ready in zip(tissues[:3], phantoms, prepared, strict=False):
        oriented = orient(replace(subject, label=tissue), ORIENTATION)
        grid = fit_grid(oriented, presets("prepare", "default", shape=[24, 24, 16]))
        truth = grid.resample(oriented.label, 0).T
        assert np.array_equal(truth > 0, ready.tissue > 0)
        healthy = (truth > 0) & (ready.label == 0)
        # One voxel of this phantom is 7×8×9 mm, thicker than its cortex; chance would give a third.
        assert (truth == ready.tissue)[healthy].mean() > 0.7
        assert (ready.tissue[ready.label > 0] > 0).all()
        # Most of what is under a tumour is white matter, and hardly any of it the fluid that may be nearest.
        assert (truth == ready.tissue)[ready.label > 0].mean() > 0.7


def test_a_subject_does_not_depend_on_the_others(tmp_path, presets):
    phantoms = {"subjects": 6, "shape": [24, 24, 16], "bias_field": 0.1, "noise": 0.03}
    truth = simulate_volume_cohort(phantoms, tmp_path / "a", seed=1)
    volumes = {
        "source": {"brats": {"folder": str(tmp_path / "a")}},
        "modalities": ["t1", "flair"],
        "missing": "error",
        "labels": {},
    }
    settings = presets("prepare", "default", shape=[24, 24, 16])
    everyone = read_volume_cohort({**volumes, "exclude": []}, seed=1)[0]
    fewer = read_volume_cohort({**volumes, "exclude": ["SIM_002"]}, seed=1)[0]
    prepare_cohort(everyone, ["t1", "flair"], settings, tmp_path / "all")
    prepare_cohort(fewer, ["t1", "flair"], settings, tmp_path / "fewer")
    written = sorted(path.name for path in (tmp_path / "fewer").iterdir())
    assert len(written) == 10
    assert all((tmp_path / "all" / name).read_bytes() == (tmp_path / "fewer" / name).read_bytes() for name in written)
    again = PreparedSubject.read(tmp_path / "all" / "SIM_003.json")
    assert again.description["channels"] == ["t1", "flair", "label", "tissue"]
    assert again.volumes.dtype == np.float16
    assert again.description["voxels"]["oedema"] == truth.loc[2, "oedema"]

    splits = pd.DataFrame({"patient_id": truth["subject_id"], "fold0": ["test", *["train"] * 4, "validation"]})
    roles = read_prepared(tmp_path / "all", splits, "fold0")
    assert {role: len(subjects) for role, subjects in roles.items()} == {"test": 1, "train": 4, "validation": 1}
    with pytest.raises(InputError, match=r"The patient 'SIM_006' of the cohort is not among the 5 patients"):
        read_prepared(tmp_path / "all", splits.iloc[:5], "fold0")
    with pytest.raises(
        InputError, match=r"^Subject SIM_001: its brain takes .* leave it out with mri.exclude: \[SIM_00"
    ):
        prepare_cohort(everyone, ["t1"], {**settings, "shape": [8, 8, 8]}, tmp_path / "small")


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"drop_slices": 8}, r"it has 16 slices, and mri\.prepare\.drop_slices takes 8 from each end; lower it"),
        (
            {"shape": [24, 24, 8]},
            r"its brain takes \d+×\d+×1\d voxels, more than the box of 24×24×8; raise mri\.prepare",
        ),
        ({"fit": "stretch", "shape": [1, 1, 1], "drop_slices": 7}, r"its tumour is lost by the preparation; lower"),
    ],
    ids=["slices", "box", "tumour"],
)
def test_what_cannot_be_prepared(phantoms, presets, changed, sentence):
    with pytest.raises(InputError, match=sentence):
        prepare_subject(phantoms[0], NAMES, {**presets("prepare", "default", shape=[24, 24, 16]), **changed})


def test_an_image_of_one_value(phantoms, presets):
    subject = phantoms[0]
    flat = Subject({"t1": subject.brain.astype(np.float32)}, subject.label, subject.brain, subject.affine, {})
    with pytest.raises(InputError, match="its t1 image has one value only, 1"):
        prepare_subject(flat, NAMES, presets("prepare", "default", shape=[24, 24, 16]))
