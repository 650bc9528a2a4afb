"""A phantom of one half of the chest in CT: parenchyma, vessels, chest wall, and a nodule of given traits."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter

# Millimetres: the box that every volume fills (left, back, up), and half the axes of the chest and of the lung in it.
BOX = np.array([170.0, 200.0, 72.0])
CHEST, LUNG = np.array([80.0, 95.0]), np.array([56.0, 72.0])
# Hounsfield units.
AIR, FAT, MUSCLE, BONE, PARENCHYMA, BLOOD = -1000.0, -100.0, 50.0, 350.0, -870.0, 30.0
# Texture of the lung, as (size in mm, HU), and the noise of the scanner (HU).
TEXTURE = ((3.0, 25.0), (12.0, 20.0))
NOISE = 12.0
# Trait → its mean and standard deviation: radius (mm) and width of the edge (mm) as natural logarithms, density (HU) as
# it is, length of the spicules as the logarithm of a share of the radius. A sharper edge is a narrower one.
TRAITS = {
    "size": (np.log(7.5), 0.28),
    "density": (-220.0, 130.0),
    "edge_sharpness": (np.log(1.3), -0.4),
    "spiculation": (np.log(0.3), 0.5),
}
# Spicules of a nodule, how narrow they are, and how far the middle of a nodule stays from the wall (mm).
SPICULES, NARROWNESS, CLEARANCE = 18, 20.0, 12.0


@dataclass(frozen=True)
class LungPhantom:
    """One simulated patient.

    Parameters
    ----------
    image
        (x, y, z) int16 in Hounsfield units.
    nodule
        (x, y, z) uint8: 1 where the nodule is, to the middle of its edge.
    affine
        (4, 4) from voxels to millimetres, axes running left, to the back and up.
    truth
        `radius_mm`, `density_hu`, `edge_mm`, `spicules` (length as a share of the radius), and the nodule's middle, mm.
    """

    image: np.ndarray
    nodule: np.ndarray
    affine: np.ndarray
    truth: dict[str, float]


def simulate_lung(traits: Mapping[str, float], shape: tuple[int, int, int], rng: np.random.Generator) -> LungPhantom:
    """Simulate one patient.

    Parameters
    ----------
    traits
        Name of `TRAITS` → standard deviations from its mean.
    shape
        Voxels (x, y, z); they always hold the same box.
    rng
        Source of everything random.
    """
    spacing = BOX / shape
    position = np.stack(np.meshgrid(*[_centres(*axis) for axis in zip(shape, spacing, strict=True)], indexing="ij"))
    field = lambda millimetres: _field(shape, spacing, millimetres, rng)  # noqa: E731
    truth = _truth(traits)
    uneven = 1 + 0.04 * field(30.0)
    inside = _ellipse(position, LUNG * rng.normal(1.0, 0.05, 2)) / uneven
    clean = _chest(position, inside, field)
    lung = inside < 1
    centre = _place(position, inside, truth["radius_mm"], rng)
    nodule, share = _nodule(position - centre[:, None, None, None], truth, rng)
    # The wall does not give way to a nodule that touches it.
    nodule &= lung
    clean = np.where(lung, clean + share * (truth["density_hu"] - clean), clean)
    image = gaussian_filter(clean, 0.35) + rng.normal(0.0, NOISE, shape)
    affine = np.diag([-spacing[0], -spacing[1], spacing[2], 1.0])
    affine[:3, 3] = (BOX - spacing) / 2 * [1, 1, -1]
    truth |= dict(zip(("x_mm", "y_mm", "z_mm"), (centre * [-1, -1, 1]).tolist(), strict=True))
    return LungPhantom(np.rint(image).astype(np.int16), nodule.astype(np.uint8), affine, truth)


def _truth(traits: Mapping[str, float]) -> dict[str, float]:
    """Turn standard deviations into lengths and densities."""
    value = {name: mean + deviation * traits[name] for name, (mean, deviation) in TRAITS.items()}
    return {
        "radius_mm": float(np.exp(value["size"])),
        "density_hu": float(value["density"]),
        "edge_mm": float(np.exp(value["edge_sharpness"])),
        "spicules": float(np.exp(value["spiculation"])),
    }


def _centres(size: int, spacing: float) -> np.ndarray:
    """Millimetres from the middle of the box to the voxels of an axis."""
    return (np.arange(size) - (size - 1) / 2) * spacing


def _field(shape: tuple[int, ...], spacing: np.ndarray, millimetres: float, rng: np.random.Generator) -> np.ndarray:
    """Draw a smooth field of mean 0 and standard deviation 1 whose blobs are about so large."""
    smooth = gaussian_filter(rng.normal(size=shape).astype(np.float32), millimetres / 2 / spacing, mode="wrap")
    return (smooth - smooth.mean()) / smooth.std()


def _ellipse(position: np.ndarray, axes: np.ndarray) -> np.ndarray:
    """Distance from the middle of each slice in units of the half-axes."""
    return np.sqrt(sum((coordinate / axis) ** 2 for coordinate, axis in zip(position, axes, strict=False)))


def _chest(position: np.ndarray, inside: np.ndarray, field) -> np.ndarray:
    """Make the chest without nodule: air, fat, muscle with ribs, lung with its texture and vessels."""
    outer = _ellipse(position, CHEST)
    image = np.where(outer < 1, FAT, AIR)
    image[(outer < 0.93) | (inside < 1.12)] = MUSCLE
    x, y, z = position
    ribs = np.cos(np.arctan2(y, x) * 7 + z / 12) > 0.75
    image[(np.abs(inside - 1.1) < 0.05) & ribs] = BONE
    parenchyma = PARENCHYMA + sum(strength * field(size) for size, strength in TEXTURE)
    # Two smooth fields are both zero along lines: vessels, wider towards the middle.
    axis = np.hypot(field(26.0), field(26.0))
    width = 0.10 + 0.06 * (1 - inside).clip(0)
    vessel = 1 / (1 + np.exp((axis - width) / 0.02))
    return np.where(inside < 1, parenchyma + vessel * (BLOOD - parenchyma), image)


def _place(position: np.ndarray, inside: np.ndarray, radius: float, rng: np.random.Generator) -> np.ndarray:
    """Choose the middle of the nodule: in the lung, off the wall, and whole from top to bottom."""
    _, _, z = position
    depth = (1 - inside) * LUNG.min()
    places = np.argwhere((depth > CLEARANCE) & (np.abs(z) < BOX[2] / 2 - radius - 6))
    chosen = places[rng.integers(len(places))]
    return position[(slice(None), *chosen)]


def _nodule(offset: np.ndarray, truth: Mapping[str, float], rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Draw the nodule around its middle: where it is, and its share of every voxel, which falls over the edge."""
    distance = np.linalg.norm(offset, axis=0)
    direction = offset / np.maximum(distance, 1e-6)
    tips = rng.normal(size=(SPICULES, 3))
    tips /= np.linalg.norm(tips, axis=1, keepdims=True)
    near = np.tensordot(tips, direction, axes=1).max(axis=0)
    reach = truth["radius_mm"] * (1 + truth["spicules"] * np.exp(NARROWNESS * (near - 1)))
    share = 1 / (1 + np.exp(((distance - reach) / (truth["edge_mm"] / 2)).clip(-50, 50)))
    return distance < reach, share
