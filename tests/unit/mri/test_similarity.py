"""Structural similarity against MONAI's, signal-to-noise and difference by hand, and where they are taken."""

import numpy as np
import pytest
import torch
from monai.metrics.regression import compute_ssim_and_cs

from syncohort.mri.preparation import PreparedSubject
from syncohort.mri.similarity import compare_images, peak_signal_to_noise, regions, structural_similarity


@pytest.fixture
def pair():
    rng = np.random.default_rng(3)
    one = rng.uniform(-1, 1, (20, 22, 24))
    return one, (one + 0.3 * rng.normal(size=one.shape)).clip(-1, 1)


def test_equal_images(pair):
    one, _ = pair
    assert structural_similarity(one, one) == pytest.approx(np.ones(one.shape))


def test_against_monai_away_from_the_faces(pair):
    one, other = pair
    batch = [torch.from_numpy(values)[None, None] for values in (one, other)]
    theirs, _ = compute_ssim_and_cs(
        *batch,
        spatial_dims=3,
        kernel_size=(11, 11, 11),
        kernel_sigma=(1.5, 1.5, 1.5),
        data_range=2.0,
        kernel_type="gaussian",
        k1=0.01,
        k2=0.03,
    )
    inner = structural_similarity(one, other)[5:-5, 5:-5, 5:-5]
    assert inner == pytest.approx(theirs[0, 0].numpy(), abs=1e-5)


def test_constant_images_by_hand():
    # Without variance only the luminance is left: (2·0.5·0.3 + C1) / (0.25 + 0.09 + C1), C1 = 0.02².
    found = structural_similarity(np.full((8, 8, 8), 0.5), np.full((8, 8, 8), 0.3))
    assert found == pytest.approx(np.full((8, 8, 8), (0.3 + 4e-4) / (0.34 + 4e-4)))


def test_peak_signal_to_noise_by_hand():
    # Differences of 0.2 in a range of 2: a hundredth, 20 dB.
    assert peak_signal_to_noise(np.full(7, -0.2)) == pytest.approx(20)
    assert peak_signal_to_noise(np.zeros(7)) == np.inf


def test_regions_are_where_they_should_be():
    tissue, label = np.zeros((9, 15, 15)), np.zeros((9, 15, 15))
    tissue[:, 2:13, 2:13] = 1
    label[4, 7, 7] = 2
    images = np.where(tissue > 0, 0.5, -1.0)
    subject = PreparedSubject(np.stack([images, label, tissue]), {"channels": ["t1", "label", "tissue"]})
    where = regions(subject)
    assert where["tumour"].sum() == 1
    # A ball of taxicab radius 3 has 63 voxels, the tumour among them.
    assert where["rim"].sum() == 62
    assert where["brain"].sum() == 9 * 121
    made = images + np.where(label > 0, 0.25, 0)
    rows = {row["region"]: row for row in compare_images(subject, made[None])}
    assert rows["tumour"]["mae"] == pytest.approx(0.25)
    assert rows["rim"]["mae"] == 0
    assert rows["rim"]["psnr"] == np.inf
    assert rows["brain"]["mae"] == pytest.approx(0.25 / (9 * 121))
    assert {row["modality"] for row in rows.values()} == {"t1"}


def test_a_region_without_voxels_is_left_out():
    tissue = np.ones((4, 4, 4))
    subject = PreparedSubject(np.stack([tissue, 0 * tissue, tissue]), {"channels": ["t2", "label", "tissue"]})
    assert [row["region"] for row in compare_images(subject, tissue[None])] == ["brain"]
