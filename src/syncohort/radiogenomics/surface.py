"""Surface area of a region of voxels: by counting crossings of lines, or by a mesh."""

from itertools import product

import numpy as np
from scipy.spatial import SphericalVoronoi
from skimage.measure import marching_cubes, mesh_surface_area

# One of each pair of opposite steps to the 26 neighbours of a voxel.
STEPS = [step for step in product((-1, 0, 1), repeat=3) if step > (0, 0, 0)]


def crofton_area(mask: np.ndarray, spacing: tuple[float, float, float]) -> float:
    """Estimate the surface area by Crofton's formula along the 13 directions of a voxel's neighbourhood.

    A line meets a surface as often as its projection across the line is large, and four times the mean projection of a
    convex body is its surface. Directions are weighted by the part of the sphere that is nearest to each. In contrast
    to the area of a marching-cubes mesh, which stays 9 % too large however fine the voxels, this converges.

    Parameters
    ----------
    mask
        (x, y, z) region.
    spacing
        Size of a voxel along each axis, mm.

    Returns
    -------
    float
        Area in mm².

    References
    ----------
    Ohser and Mücklich, Statistical Analysis of Microstructures in Materials Science, Wiley 2000, chapter 5.
    """
    padded = np.pad(mask.astype(bool), 1)
    vectors = np.array(STEPS) * np.asarray(spacing)
    lengths = np.linalg.norm(vectors, axis=1)
    directions = vectors / lengths[:, None]
    voronoi = SphericalVoronoi(np.concatenate([directions, -directions]))
    # Both ends of a direction have the same part of the sphere.
    weights = voronoi.calculate_areas()[: len(STEPS)] / (2 * np.pi)
    crossings = np.array([_crossings(padded, step) for step in STEPS])
    # Lines along a step of length l through all voxels of volume v are v / l apart, in area.
    projections = crossings * np.prod(spacing) / lengths
    return float(2 * (weights * projections).sum())


def _crossings(mask: np.ndarray, step: tuple[int, int, int]) -> int:
    """Count the pairs of voxels a step apart of which one is in the region."""
    ahead = tuple(slice(max(move, 0), size + min(move, 0)) for move, size in zip(step, mask.shape, strict=True))
    behind = tuple(slice(max(-move, 0), size + min(-move, 0)) for move, size in zip(step, mask.shape, strict=True))
    return int(np.count_nonzero(mask[ahead] != mask[behind]))


def mesh_area_and_volume(mask: np.ndarray, spacing: tuple[float, float, float]) -> tuple[float, float]:
    """Area, mm², and volume, mm³, of the marching-cubes mesh of a region, as the IBSI defines them.

    References
    ----------
    Zwanenburg et al., Radiology 295:328, 2020 (Image Biomarker Standardisation Initiative).
    """
    vertices, faces, _, _ = marching_cubes(np.pad(mask.astype(np.float32), 1), 0.5, spacing=spacing)
    corners = vertices[faces].astype(np.float64)
    volume = np.einsum("ij,ij->i", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])).sum() / 6
    return float(mesh_surface_area(vertices, faces)), float(abs(volume))
