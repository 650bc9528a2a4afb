"""Where a slide has tissue, and whether a tile of it is worth keeping."""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import binary_closing, binary_opening, laplace
from skimage.filters import threshold_otsu

# Darker than this in any channel is ink of a pen or the edge of the glass, as in the published preparation.
INK = 50
# Otsu's method splits a blank slide as well; less saturated than this is no stain.
LEAST_SATURATION = 0.05
# How often the mask is dilated and eroded, as published.
ROUNDS = 3
# Weights of red, green and blue in luminance (ITU-R BT.601).
LUMINANCE = np.array([0.299, 0.587, 0.114])


def tissue_mask(image: np.ndarray) -> np.ndarray:
    """Find tissue: darker than the background in a channel, saturated, and no ink.

    Parameters
    ----------
    image
        (height, width, 3) uint8, a slide at low resolution.

    Returns
    -------
    numpy.ndarray
        (height, width) bool.

    References
    ----------
    Otsu N. IEEE Transactions on Systems, Man, and Cybernetics 9:62–66, 1979. Carrillo-Perez et al., Cell Reports
    Methods 3:100534, 2023: Otsu's threshold of every channel and of the saturation.
    """
    darker = np.zeros(image.shape[:2], dtype=bool)
    for channel in range(3):
        darker |= image[..., channel] <= threshold_otsu(image[..., channel])
    saturation = saturation_of(image)
    mask = darker & (saturation > max(threshold_otsu(saturation), LEAST_SATURATION)) & (image.min(axis=-1) > INK)
    return binary_opening(binary_closing(np.pad(mask, ROUNDS), iterations=ROUNDS), iterations=1)[
        ROUNDS:-ROUNDS, ROUNDS:-ROUNDS
    ]


def saturation_of(image: np.ndarray) -> np.ndarray:
    """Saturation of the hue, saturation and value of a colour: (height, width) in [0, 1]."""
    greatest, least = image.max(axis=-1).astype(float), image.min(axis=-1).astype(float)
    return (greatest - least) / np.maximum(greatest, 1)


@dataclass(frozen=True)
class Quality:
    """What is measured of a tile before it is kept.

    Parameters
    ----------
    contrast
        Distance of the 1st and the 99th percentile of luminance, as a share of all luminance.
    sharpness
        Variance of the Laplacian of luminance (0–255); blurred tiles have little.
    """

    contrast: float
    sharpness: float


def measure_quality(tile: np.ndarray) -> Quality:
    """Measure a tile, (height, width, 3) uint8.

    References
    ----------
    Pech-Pacheco et al. Diatom autofocusing in brightfield microscopy. ICPR 2000: variance of the Laplacian.
    """
    luminance = tile @ LUMINANCE
    low, high = np.percentile(luminance, (1, 99))
    return Quality(float(high - low) / 255, float(laplace(luminance).var()))
