"""Texture of noise whose power is known, whatever lies around it."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from syncohort.mri.preparation import PreparedSubject
from syncohort.mri.texture import texture, texture_ratios, white_matter


@pytest.fixture
def mask():
    inside = np.zeros((24, 24, 24), dtype=bool)
    inside[4:20, 4:20, 4:20] = True
    return inside


def test_the_variance_of_white_noise(mask):
    noise = np.random.default_rng(1).normal(0, 0.2, (2, 24, 24, 24))
    variance, fine, coarse = texture(noise, mask).mean(axis=0)
    # Of 27 voxels with their mean taken away, less of them on the faces of the mask.
    assert variance == pytest.approx(0.04 * 26 / 27, rel=0.06)
    # The Gaussian mean (σ 1) takes 1 − 2·w(0) + Σw² of the power, with w the 3D window; less on the faces.
    impulse = np.zeros((15, 15, 15))
    impulse[7, 7, 7] = 1
    window = gaussian_filter(impulse, 1.0)
    assert fine == pytest.approx(0.04 * (1 - 2 * window[7, 7, 7] + np.square(window).sum()), rel=0.07)
    assert coarse < 0.1 * fine


def test_what_lies_outside_does_not_count(mask):
    noise = np.random.default_rng(2).normal(0, 0.1, (1, 24, 24, 24))
    assert texture(np.where(mask, noise, 9.0), mask) == pytest.approx(texture(np.where(mask, noise, -9.0), mask))
    assert texture(np.where(mask, 3.0, 9.0)[None], mask) == pytest.approx(np.zeros((1, 3)), abs=1e-9)


def test_ratios_by_hand(mask):
    noise = np.random.default_rng(3).normal(0, 0.1, (3, 24, 24, 24))
    measured = texture(noise, mask)
    assert texture_ratios([measured, measured], [measured]) == pytest.approx([1, 1, 1])
    # Half the amplitude in all modalities is a quarter of the power.
    assert texture_ratios([texture(noise / 2, mask)], [measured]) == pytest.approx([0.25] * 3)


def test_smooth_images_lose_fine_texture_first(mask):
    noise = np.random.default_rng(4).normal(0, 0.1, (24, 24, 24))
    smooth = gaussian_filter(noise, 1.0)
    variance, fine, coarse = texture_ratios([texture(smooth[None], mask)], [texture(noise[None], mask)])
    assert fine < variance < coarse


def test_white_matter_is_the_brightest_class_away_from_the_tumour():
    tissue, label = np.ones((12, 20, 20)), np.zeros((12, 20, 20))
    tissue[1:11, 2:18, 2:18] = 3
    label[5, 9, 9] = 1
    subject = PreparedSubject(np.stack([tissue, label, tissue]), {"tissue_classes": 3})
    white = white_matter(subject)
    assert not white[tissue != 3].any()
    assert not white[5, 9, 10]
    assert not white[1].any(), "the surface is partly of other tissue"
    assert white[8, 4, 4]
    thin = np.where(np.arange(20) == 3, 3.0, 1.0) * np.ones((12, 20, 20))
    thin = PreparedSubject(np.stack([thin, 0 * thin, thin]), {"tissue_classes": 3})
    assert white_matter(thin).sum() == 12 * 20
