"""Features of a nodule as radiologists name them, measured in an image and its mask."""

import numpy as np
import pandas as pd
from scipy.ndimage import binary_dilation, binary_erosion, gaussian_gradient_magnitude
from skimage.measure import label, perimeter_crofton, regionprops

from syncohort.nodule.slices import Slices, to_hounsfield

# Feature → its unit.
UNITS = {"size": "mm", "density": "HU", "edge_sharpness": "HU/mm", "spiculation": "ratio"}
FEATURES = list(UNITS)
# Fewest pixels of a nodule that has features.
FEWEST_PIXELS = 6
# Width of the derivative that the edge is measured by, in pixels.
SIGMA = 0.7


def measure_nodules(images: np.ndarray, masks: np.ndarray, pixel_mm: float) -> pd.DataFrame:
    """Measure the largest connected part of each mask.

    Parameters
    ----------
    images
        (slices, rows, columns) in [−1, 1].
    masks
        (slices, rows, columns) boolean.
    pixel_mm
        Side of a pixel, mm.

    Returns
    -------
    DataFrame
        A row per slice: `size`, diameter of a disc of the same area (mm); `density`, mean inside (HU), the outermost
        pixels left out where others remain; `edge_sharpness`, mean length of the gradient on the rim (HU per mm);
        `spiculation`, perimeter by Crofton's formula over that of a disc of the same area, 1 for a disc. Empty where
        the mask has fewer than 6 pixels.
    """
    rows = [_measure(image, mask, pixel_mm) for image, mask in zip(images, masks, strict=True)]
    return pd.DataFrame(rows, columns=FEATURES)


def patient_means(real: Slices, patients: pd.Index) -> np.ndarray:
    """(patients, features) mean over each patient's real nodules."""
    measured = measure_nodules(real.images, real.masks, real.pixel_mm)
    return measured.groupby(real.patients).mean().reindex(patients).to_numpy()


def largest_part(mask: np.ndarray) -> np.ndarray:
    """Give the largest 4-connected part of a mask (rows, columns), as the authors of the paper do."""
    parts = label(mask, connectivity=1)
    sizes = np.bincount(parts.ravel())
    sizes[0] = 0
    return (parts == sizes.argmax()) & mask if sizes.any() else np.zeros_like(mask)


def _measure(image: np.ndarray, mask: np.ndarray, pixel_mm: float) -> dict[str, float]:
    nodule = largest_part(mask)
    if nodule.sum() < FEWEST_PIXELS:
        return {}
    units, inner = to_hounsfield(image), binary_erosion(nodule)
    rim = binary_dilation(nodule) & ~inner
    area = nodule.sum()
    slope = gaussian_gradient_magnitude(units, SIGMA)
    return {
        "size": 2 * np.sqrt(area / np.pi) * pixel_mm,
        "density": units[inner if inner.any() else nodule].mean(),
        "edge_sharpness": slope[rim].mean() / pixel_mm,
        "spiculation": perimeter_crofton(nodule, directions=4) / (2 * np.sqrt(np.pi * area)),
    }


def middle(mask: np.ndarray) -> tuple[np.ndarray, float]:
    """Middle (row, column) of a mask's largest part and radius of the disc of equal area, pixels; it must exist."""
    [region] = regionprops(largest_part(mask).astype(np.uint8))
    return np.array(region.centroid), region.equivalent_diameter_area / 2
