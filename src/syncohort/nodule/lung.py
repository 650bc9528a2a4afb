"""Segmentation of the lungs in CT, and places in them where a nodule could be."""

import numpy as np
from scipy.ndimage import binary_fill_holes, distance_transform_edt, maximum_filter
from skimage.measure import label
from skimage.morphology import isotropic_closing
from skimage.segmentation import clear_border

# Below this (HU) a voxel is air; the lungs, two at most, are the largest bodies of it that no slice's border cuts.
AIR = -320.0
LUNGS, LEAST_ML = 2, 50.0
# Vessels and nodules up to this size (mm) at the wall belong to the lung.
CLOSING = 6.0
# Distance of a background's middle from the edge of the lung, mm.
NEAREST, FARTHEST = 5.0, 25.0
# Slices looked at for each place asked for; some have none.
SEARCHED = 4


def segment_lungs(image: np.ndarray, spacing: tuple[float, ...]) -> np.ndarray:
    """Segment the lungs: (x, y, z) boolean, empty where none is found.

    Air that reaches the border of an axial slice is outside the body. Of the rest the two largest connected bodies of
    at least 50 ml are kept; slice by slice they are closed over 6 mm and their holes, which are vessels and nodules,
    filled.

    Parameters
    ----------
    image
        (x, y, z) in Hounsfield units.
    spacing
        Millimetres from voxel to voxel.
    """
    air = np.stack([clear_border(section) for section in np.moveaxis(image < AIR, 2, 0)], axis=2)
    bodies, number = label(air, return_num=True, connectivity=1)
    sizes = np.bincount(bodies.ravel(), minlength=number + 1)
    sizes[0] = 0
    largest = [body for body in np.argsort(-sizes)[:LUNGS] if sizes[body] * np.prod(spacing) / 1000 >= LEAST_ML]
    lungs = np.isin(bodies, largest)
    for place in np.flatnonzero(lungs.any(axis=(0, 1))):
        closed = isotropic_closing(np.pad(lungs[..., place], 1), CLOSING / 2, spacing=spacing[:2])[1:-1, 1:-1]
        lungs[..., place] = binary_fill_holes(closed)
    return lungs


def background_places(
    lungs: np.ndarray,
    nodule: np.ndarray,
    spacing: tuple[float, ...],
    field_mm: float,
    number: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """Draw middles of backgrounds: in the lung, 5 to 25 mm from its edge, and no nodule within the field.

    Parameters
    ----------
    lungs, nodule
        (x, y, z) boolean.
    spacing
        Millimetres from voxel to voxel.
    field_mm
        Side of the square that a background shows, mm.
    number
        Places to draw, each in a slice drawn anew.
    rng
        Source of chance.

    Returns
    -------
    numpy.ndarray
        (places, 3) voxels; fewer than `number` where the lung has too few slices with such a place.
    """
    # Odd, so that the field has a middle.
    reach = [2 * int(np.ceil(field_mm / 2 / length)) + 1 for length in spacing[:2]]
    slices, found = rng.permutation(np.flatnonzero(lungs.any(axis=(0, 1)))), []
    fit: dict[int, np.ndarray] = {}
    for place in np.resize(slices, SEARCHED * number) if len(slices) else []:
        if len(found) == number:
            break
        if place not in fit:
            depth = distance_transform_edt(lungs[..., place], sampling=spacing[:2])
            near_nodule = maximum_filter(nodule[..., place], size=reach)
            fit[place] = np.argwhere((depth >= NEAREST) & (depth <= FARTHEST) & ~near_nodule)
        if len(fit[place]):
            found.append([*fit[place][rng.integers(len(fit[place]))], place])
    return np.array(found, dtype=int).reshape(-1, 3)
