"""The ten features of a region's size and shape, in physical units."""

from contextlib import suppress

import numpy as np
from scipy.ndimage import generate_binary_structure, label
from scipy.spatial import ConvexHull, QhullError
from scipy.spatial.distance import pdist

from syncohort.radiogenomics.surface import crofton_area, mesh_area_and_volume

UNBIASED, IBSI = "unbiased", "ibsi"
# Feature → unit, in the order of the paper's tables.
UNITS = {
    "volume": "mm³",
    "surface_area": "mm²",
    "surface_to_volume": "1/mm",
    "sphericity": "1",
    "spherical_disproportion": "1",
    "maximum_diameter": "mm",
    "major_axis": "mm",
    "minor_axis": "mm",
    "compactness_1": "1",
    "compactness_2": "1",
}


def largest_component(mask: np.ndarray) -> np.ndarray:
    """Keep the largest part of a region whose voxels touch by faces, edges or corners: (x, y, z) bool."""
    parts, number = label(mask, structure=generate_binary_structure(3, 3))
    if number <= 1:
        return mask.astype(bool)
    return parts == np.argmax(np.bincount(parts.ravel())[1:]) + 1


def shape_features(
    mask: np.ndarray, spacing: tuple[float, float, float], convention: str = UNBIASED
) -> dict[str, float]:
    """Measure the size and shape of a region.

    With volume V and surface area A, sphericity is π^(1/3) (6V)^(2/3) / A (the paper prints π^(3/2), which is no 1 for
    a sphere), spherical disproportion its reciprocal, compactness 1 V / √(π A³) and compactness 2 36 π V² / A³. The
    axes are those of the ellipsoid of equal second moments: λ being the variance of the voxels along an axis, 2√(5λ).

    Parameters
    ----------
    mask
        (x, y, z) region with at least one voxel.
    spacing
        Size of a voxel along each axis, mm.
    convention
        `unbiased` counts voxels and takes Crofton's area; `ibsi` takes volume and area of the marching-cubes mesh and
        axes of 4√λ, to compare with published values.

    Returns
    -------
    dict
        The features of `UNITS`. Of a region of few voxels or one flat layer the minor axis may be 0. The maximum
        diameter is that between the centres of two voxels.

    References
    ----------
    Smedley and Hsu, IEEE ISBI 2018, section 2.2.
    """
    if convention == IBSI:
        area, volume = mesh_area_and_volume(mask, spacing)
    else:
        area, volume = crofton_area(mask, spacing), float(np.count_nonzero(mask) * np.prod(spacing))
    points = np.argwhere(mask) * np.asarray(spacing)
    variances = np.linalg.eigvalsh(np.atleast_2d(np.cov(points.T, bias=True)))[::-1].clip(min=0)
    axes = (4 if convention == IBSI else 2 * np.sqrt(5)) * np.sqrt(variances)
    sphericity = np.pi ** (1 / 3) * (6 * volume) ** (2 / 3) / area
    return {
        "volume": volume,
        "surface_area": area,
        "surface_to_volume": area / volume,
        "sphericity": sphericity,
        "spherical_disproportion": 1 / sphericity,
        "maximum_diameter": _maximum_diameter(points),
        "major_axis": float(axes[0]),
        "minor_axis": float(axes[1]),
        "compactness_1": volume / np.sqrt(np.pi * area**3),
        "compactness_2": 36 * np.pi * volume**2 / area**3,
    }


def _maximum_diameter(points: np.ndarray) -> float:
    """Find the largest distance between two of the points (n, 3)."""
    # All in one plane or line points have no hull, and so few need none.
    with suppress(QhullError):
        points = points[ConvexHull(points).vertices]
    return float(pdist(points).max()) if len(points) > 1 else 0.0
