"""Invented brain MRI in four modalities with a nested tumour, as small NIfTI files."""

import gzip

import nibabel
import numpy as np

from tests.services.simulation import generator

SHAPE = (24, 24, 16)
AFFINE = np.diag([-8.0, -8.0, 8.0, 1.0])
MODALITIES = ("t1", "t1ce", "t2", "flair")
NECROSIS, OEDEMA, ENHANCING = 1, 2, 3
# Brightness of healthy tissue, necrosis, oedema and enhancing tumour, by modality.
BRIGHTNESS = np.array([[800, 300, 500, 550], [800, 300, 500, 1200], [500, 850, 900, 700], [600, 450, 980, 850]])


def subject(*names: str) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Draw a subject: modality → (x, y, z) int16 in a background of zeros, and the labels of its tumour."""
    rng = generator(*names)
    grid = np.stack(np.indices(SHAPE), axis=-1) - (np.array(SHAPE) - 1) / 2
    brain = np.linalg.norm(grid / (np.array(SHAPE) * 0.45), axis=-1) < 1
    radius = np.linalg.norm(grid - rng.uniform(-3, 3, 3), axis=-1)
    label = np.select([radius < 1.5, radius < 2.5, radius < 4], [NECROSIS, ENHANCING, OEDEMA]) * brain
    images = {
        modality: ((levels[label] + rng.normal(0, 30, SHAPE)).clip(1) * brain).astype(np.int16)
        for modality, levels in zip(MODALITIES, BRIGHTNESS, strict=True)
    }
    return images, label.astype(np.uint8)


def nifti(values: np.ndarray) -> bytes:
    """Write a compressed NIfTI file."""
    return gzip.compress(nibabel.Nifti1Image(values, AFFINE).to_bytes(), compresslevel=1, mtime=0)
