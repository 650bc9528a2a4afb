"""Images beside the real ones they should be: structural similarity, signal-to-noise ratio, absolute difference."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from scipy.ndimage import binary_dilation, gaussian_filter

from syncohort.mri.metrics import BRAIN, RIM, TUMOUR
from syncohort.mri.preparation import PreparedSubject

# Of Wang et al. (IEEE TIP 13:600–612, 2004): window, and constants for values that go from −1 to 1.
SIGMA, TRUNCATE = 1.5, 3.5
VALUE_RANGE = 2.0
C1, C2 = (0.01 * VALUE_RANGE) ** 2, (0.03 * VALUE_RANGE) ** 2
RIM_VOXELS = 3


def structural_similarity(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Structural similarity around every voxel of two (z, y, x) volumes with values in [−1, 1].

    Wang et al. 2004, equation 13, with a Gaussian window of 11 voxels; volumes are mirrored at their faces.
    """
    one, other = one.astype(np.float64), other.astype(np.float64)

    def mean(values: np.ndarray) -> np.ndarray:
        return gaussian_filter(values, SIGMA, truncate=TRUNCATE)

    mean_one, mean_other = mean(one), mean(other)
    variance = mean(one * one) - mean_one**2 + mean(other * other) - mean_other**2
    covariance = mean(one * other) - mean_one * mean_other
    luminance = (2 * mean_one * mean_other + C1) / (mean_one**2 + mean_other**2 + C1)
    return luminance * (2 * covariance + C2) / (variance + C2)


def regions(subject: PreparedSubject) -> dict[str, np.ndarray]:
    """Give where to compare: the brain, the tumour, and the rim of 3 voxels around the tumour."""
    brain, tumour = subject.tissue > 0, subject.label > 0
    return {BRAIN: brain, TUMOUR: tumour, RIM: binary_dilation(tumour, iterations=RIM_VOXELS) & brain & ~tumour}


def compare_images(real: PreparedSubject, images: np.ndarray) -> Iterator[dict[str, Any]]:
    """Compare images with the real ones of a subject, modality by modality.

    Parameters
    ----------
    real
        The subject.
    images
        (modalities, z, y, x) in [−1, 1].

    Yields
    ------
    dict
        `modality`, `region`, `ssim`, `psnr` (dB), `mae`. A region without a voxel is left out.
    """
    where = regions(real)
    for modality, true, made in zip(real.description["channels"], real.images, images, strict=False):
        true, made = true.astype(np.float64), made.astype(np.float64)
        similarity = structural_similarity(true, made)
        for region, mask in where.items():
            if mask.any():
                difference = (made - true)[mask]
                yield {
                    "modality": modality,
                    "region": region,
                    "ssim": float(similarity[mask].mean()),
                    "psnr": peak_signal_to_noise(difference),
                    "mae": float(np.abs(difference).mean()),
                }


def peak_signal_to_noise(difference: np.ndarray) -> float:
    """10 log₁₀ (range² / mean squared difference) in dB; infinite where nothing differs."""
    squared = float(np.square(difference).mean())
    return 10 * float(np.log10(VALUE_RANGE**2 / squared)) if squared else float("inf")
