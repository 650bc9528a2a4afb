"""The judges on sets whose quality is known: real subjects, copies, painted labels, one tumour repeated."""

import numpy as np
import pandas as pd
import pytest

from syncohort.mri.evaluation import COLUMNS, Sets, coarse, judge_generator, judge_pairs
from syncohort.mri.metrics import METRIC
from syncohort.mri.painted import class_brightness, classes_of, paint
from syncohort.mri.pix2pix import CPU
from syncohort.mri.preparation import PreparedSubject
from syncohort.mri.segmenter import Segmenter, build_network
from syncohort.mri.slice_features import SliceFeatures, slices
from syncohort.mri.tumour_features import tumour_features

REGIONS = ("whole tumour", "tumour core", "enhancing tumour", "necrosis", "oedema")


@pytest.fixture(scope="module")
def extractor():
    """A network that has not been trained: random features tell sets apart as well."""
    modalities = ["t1", "t1ce", "t2", "flair"]
    network = build_network(4, 4, (16, 24, 24))
    return SliceFeatures(Segmenter(network.state_dict(), modalities, 4, [16, 24, 24], "fp32"), CPU)


def repainted(subjects, brightness):
    volumes = [np.concatenate([paint(one, brightness), one.volumes[-2:]]) for one in subjects]
    return [PreparedSubject(values, one.description) for values, one in zip(volumes, subjects, strict=True)]


def almost(subjects):
    """The subjects again, off by what no eye sees: equal images have an infinite ratio of signal to noise."""
    rng = np.random.default_rng(6)
    noise = [rng.normal(0, 1e-3, one.volumes.shape) for one in subjects]
    for values in noise:
        values[-2:] = 0
    pairs = zip(subjects, noise, strict=True)
    return [PreparedSubject((one.volumes + values).astype(np.float32), one.description) for one, values in pairs]


def scores_of(names, dice):
    rows = [
        {"training_set": "real", "repeat": 0, "subject_id": name, "patient_id": name, "region": region, "dice": dice}
        for name in names
        for region in REGIONS
    ]
    return pd.DataFrame(rows)


def judged(sets, extractor):
    tables = scores_of(["SYN_1", "SYN_2", "SYN_3"], 0.7), scores_of(["S4", "S5"], 0.8)
    table = judge_generator(sets, judge_pairs(sets), *tables, extractor, 1)
    assert list(table) == COLUMNS
    assert set(table["metric"]) == set(METRIC)
    assert (table["n"] > 0).all()
    return table.set_index(["metric", "space"])


def test_real_subjects_as_if_they_were_synthetic(prepared, extractor):
    train, test = prepared[:4], prepared[4:]
    scores = judged(Sets(test, almost(test), test, train), extractor)
    assert scores.loc[("ssim", "brain"), "value"] == pytest.approx(1, abs=0.01)
    assert scores.loc[("mae", "tumour"), "value"] < 0.002
    assert scores.loc[("mae", "tumour"), "floor"] > 0.02
    assert scores.loc[("frechet", "slices"), "value"] == pytest.approx(0, abs=1e-9)
    assert scores.loc[("mmd", "slices"), "value"] <= 0
    assert (scores.loc[["frechet", "mmd"], "floor"] > scores.loc[["frechet", "mmd"], "value"]).all()
    for metric in ("texture_variance", "texture_fine", "texture_coarse"):
        assert scores.loc[(metric, "white matter"), "value"] == pytest.approx(1)
        assert scores.loc[(metric, "white matter"), "floor"] < 0.05
    assert scores.loc[("tumour_variance", "tumours"), "value"] == pytest.approx(1)
    assert scores.loc[("tumour_recall", "tumours"), "value"] == 1
    assert scores.loc[("nearest_training", "whole images"), "value"] == pytest.approx(1)
    consistency = scores.loc[("mask_consistency", "tumour core")]
    assert (consistency["value"], consistency["ceiling"]) == pytest.approx((0.7, 0.8))
    assert consistency["floor"] < 0.5


def test_copies_are_known_by_their_distance(prepared, extractor):
    scores = judged(Sets(prepared[4:], almost(prepared[4:]), prepared[:4], prepared[:4]), extractor)
    assert scores.loc[("nearest_training", "whole images"), "value"] == pytest.approx(0, abs=1e-3)


def test_painted_labels_come_out_as_the_floor(prepared, extractor):
    train, test = prepared[:4], prepared[4:]
    painted = repainted(test, class_brightness(train))
    scores = judged(Sets(test, painted, painted, train), extractor)
    for metric in ("ssim", "psnr", "mae"):
        row = scores.loc[(metric, "brain")]
        assert row["value"] == pytest.approx(row["floor"], rel=1e-4)
    for metric, space in (("frechet", "slices"), ("texture_fine", "white matter")):
        row = scores.loc[(metric, space)]
        assert row["value"] == pytest.approx(row["floor"], rel=1e-3, abs=1e-6)


def test_one_tumour_repeated_is_a_collapse(prepared, extractor):
    scores = judged(Sets(prepared[4:], almost(prepared[4:]), [prepared[0]] * 4, prepared[:4]), extractor)
    assert scores.loc[("tumour_variance", "tumours"), "value"] == 0
    assert scores.loc[("tumour_recall", "tumours"), "value"] == 0


def test_painting_by_hand():
    label, tissue = np.array([[[0, 0, 3, 0]]]), np.array([[[1, 1, 1, 0]]])
    image = np.array([[[0.2, 0.4, 0.9, -1.0]]])
    subject = PreparedSubject(np.stack([image, label, tissue]), {"tissue_classes": 1})
    assert classes_of(subject).tolist() == [[[1, 1, 4, 0]]]
    brightness = class_brightness([subject])
    # Nobody has necrosis or oedema: they get the mean of the brain.
    assert brightness[0] == pytest.approx([-1, 0.3, 0.5, 0.5, 0.9])
    assert paint(subject, brightness)[0, 0, 0] == pytest.approx([0.3, 0.3, 0.9, -1])


def test_tumour_features_by_hand():
    tissue, label = np.ones((5, 5, 5)), np.zeros((5, 5, 5))
    label[2, 2, 1:4] = [2, 1, 3]
    image = np.zeros((5, 5, 5))
    image[2, 2, 1:4] = [0.1, 0.5, 0.9]
    subject = PreparedSubject(np.stack([image, label, tissue]), {"affine": np.diag([1.0, 2.0, 3.0, 1.0]).tolist()})
    expected = [np.log(18), 1 / 3, 1 / 3, 0.5, 0.5, 0.5, 0.5, np.std([0.1, 0.5, 0.9]), 0.7]
    assert tumour_features(subject) == pytest.approx(expected)


def test_slices_along_every_axis():
    brain = np.zeros((4, 6, 8), dtype=bool)
    brain[1:3, 1:5, 2:6] = True
    found = list(slices(brain))
    assert [mask.sum() for mask in found] == [16] * 2 + [8] * 4 + [8] * 4
    brain[0, 1, 2] = True  # a single voxel is no slice
    assert len(list(slices(brain))) == 10


def test_blocks_of_voxels_are_averaged(prepared, monkeypatch):
    monkeypatch.setattr("syncohort.mri.evaluation.MOST_VOXELS", 2)
    image = np.arange(24.0).reshape(2, 3, 4)
    subject = PreparedSubject(np.stack([image, image, image]), {})
    # Rows are cut in two and one, columns in two and two.
    expected = [image[z, y, x].mean() for z in (0, 1) for y in (slice(2), slice(2, 3)) for x in (slice(2), slice(2, 4))]
    assert coarse(subject) == pytest.approx(expected)
