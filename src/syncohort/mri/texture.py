"""The texture of white matter: its local variance, and its power on a fine and on a coarser scale."""

from collections.abc import Sequence

import numpy as np
from scipy.ndimage import binary_dilation, binary_erosion, gaussian_filter, uniform_filter

from syncohort.mri.preparation import PreparedSubject

FINE, COARSE = 1.0, 2.0
# Voxels around a tumour that may be partly of it.
AWAY_FROM_TUMOUR = 2
FEWEST_VOXELS = 30
NAMES = ("texture_variance", "texture_fine", "texture_coarse")


def white_matter(subject: PreparedSubject) -> np.ndarray:
    """Give the inner white matter: the brightest tissue class of T1, without its surface and away from the tumour.

    Where so little is left that nothing can be measured, the surface stays; a brain without tissue classes is all of
    one class. (z, y, x) boolean.
    """
    tissue = subject.tissue
    white = (tissue == subject.description["tissue_classes"]) & ~binary_dilation(
        subject.label > 0, iterations=AWAY_FROM_TUMOUR
    )
    inner = binary_erosion(white)
    return inner if inner.sum() >= FEWEST_VOXELS else white


def texture(images: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Measure the texture of each modality inside a mask.

    What lies outside of the mask does not count: filters are normalised by the share of the mask under them.

    Parameters
    ----------
    images
        (modalities, z, y, x).
    mask
        (z, y, x) boolean.

    Returns
    -------
    numpy.ndarray
        (modalities, 3): mean local variance in 3×3×3 voxels, power between the image and its Gaussian mean (σ 1 voxel),
        power between Gaussian means (σ 1 and 2 voxels).
    """
    share = {smooth: smooth(mask.astype(np.float64)) for smooth in (_box, _fine, _coarse)}

    def mean(smooth, values: np.ndarray) -> np.ndarray:
        return smooth(values * mask)[mask] / share[smooth][mask]

    rows = []
    for image in images.astype(np.float64):
        fine = mean(_fine, image)
        variance = mean(_box, image**2) - mean(_box, image) ** 2
        rows.append(
            [
                variance.mean(),
                np.square(image[mask] - fine).mean(),
                np.square(fine - mean(_coarse, image)).mean(),
            ]
        )
    return np.array(rows)


def texture_ratios(made: Sequence[np.ndarray], real: Sequence[np.ndarray]) -> list[float]:
    """Ratios of textures, made over real, each the geometric mean over modalities of the ratio of means over subjects.

    Parameters
    ----------
    made, real
        `texture` of each subject.

    Returns
    -------
    list of float
        In the order of `NAMES`.
    """
    ratios = np.mean(made, axis=0) / np.mean(real, axis=0)
    return [float(value) for value in np.exp(np.log(np.maximum(ratios, 1e-12)).mean(axis=0))]


def _box(values: np.ndarray) -> np.ndarray:
    return uniform_filter(values, 3, mode="constant")


def _fine(values: np.ndarray) -> np.ndarray:
    return gaussian_filter(values, FINE, mode="constant")


def _coarse(values: np.ndarray) -> np.ndarray:
    return gaussian_filter(values, COARSE, mode="constant")
