"""A brain phantom with known truth: tissue classes, a nested tumour, four modalities with contrasts of their own."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.ndimage import gaussian_filter

from syncohort.sources.volumes.labels import ENHANCING, NECROSIS, OEDEMA
from syncohort.sources.volumes.subject import MODALITIES

CSF, GREY, WHITE = 1, 2, 3
# Millimetres: the box that every volume fills, and half the axes of the brain in it (left-right, front-back, up-down).
BOX = np.array([160.0, 200.0, 150.0])
BRAIN = np.array([68.0, 84.0, 62.0])
# Where white matter starts, as a share of the way from the surface inwards; CSF lies above the rim.
CORTEX, RIM = 0.17, 0.045
# Brightness per modality (T1, T1 with contrast agent, T2, FLAIR), T1 white matter near 0.85.
CONTRAST = {
    CSF: (0.25, 0.25, 1.00, 0.18),
    GREY: (0.58, 0.60, 0.62, 0.68),
    WHITE: (0.85, 0.86, 0.45, 0.55),
}
TUMOUR_CONTRAST = {
    NECROSIS: (0.32, 0.30, 0.85, 0.45),
    OEDEMA: (0.50, 0.50, 0.85, 0.98),
    ENHANCING: (0.55, 1.25, 0.72, 0.85),
}
# Spread of those numbers between subjects, and texture inside a tissue as (size in mm, share of brightness).
JITTER = 0.03
TEXTURE = ((5.0, 0.07), (14.0, 0.06))
# Radius of the oedema in mm, the core as a share of it, and necrosis as a share of the core.
RADIUS, CORE, NECROTIC = (22.0, 38.0), (0.50, 0.68), (0.55, 0.78)


@dataclass(frozen=True)
class Phantom:
    """One simulated subject.

    Parameters
    ----------
    images
        Modality → (x, y, z) int16, zero outside the brain.
    label
        (x, y, z) uint8: 1 necrosis, 2 oedema, 3 enhancing tumour.
    tissue
        (x, y, z) uint8, the brain without the tumour: 1 CSF, 2 grey matter, 3 white matter.
    affine
        (4, 4) from voxels to millimetres, axes running left, to the back and up, as in BraTS.
    truth
        Radius of the tumour in mm, the shares of core and necrosis, its centre in mm.
    """

    images: dict[str, np.ndarray]
    label: np.ndarray
    tissue: np.ndarray
    affine: np.ndarray
    truth: dict[str, float]


def simulate_phantom(settings: dict[str, Any], rng: np.random.Generator) -> Phantom:
    """Simulate one subject.

    Parameters
    ----------
    settings
        `shape`, `bias_field` and `noise` of the mapping `mri.source.simulated`.
    rng
        Source of everything random.
    """
    shape = tuple(settings["shape"])
    spacing = BOX / shape
    field = _Field(shape, spacing, rng)
    position = np.stack(np.meshgrid(*[_centres(*axis) for axis in zip(shape, spacing, strict=True)], indexing="ij"))
    tissue = _anatomy(position, field, rng)
    label, truth = _tumour(position, tissue, field, rng)
    images = {
        modality: _image(number, tissue, label, field, settings, rng) for number, modality in enumerate(MODALITIES)
    }
    affine = np.diag([-spacing[0], -spacing[1], spacing[2], 1.0])
    affine[:3, 3] = (BOX - spacing) / 2 * [1, 1, -1]
    return Phantom(images, label, tissue, affine, truth)


def _centres(size: int, spacing: float) -> np.ndarray:
    """Millimetres from the middle of the box to the voxels of an axis."""
    return (np.arange(size) - (size - 1) / 2) * spacing


class _Field:
    """Smooth random fields on one grid."""

    def __init__(self, shape: tuple[int, ...], spacing: np.ndarray, rng: np.random.Generator) -> None:
        self.shape, self.spacing, self.rng = shape, spacing, rng

    def draw(self, millimetres: float) -> np.ndarray:
        """Draw a field of mean 0 and standard deviation 1 whose blobs are about so large."""
        smooth = gaussian_filter(self.rng.normal(size=self.shape), millimetres / 2 / self.spacing, mode="wrap")
        return (smooth - smooth.mean()) / smooth.std()


def _anatomy(position: np.ndarray, field: _Field, rng: np.random.Generator) -> np.ndarray:
    """Shape the brain: a cortex of uneven depth, CSF around it and between the halves, ventricles, deep grey matter."""
    axes = BRAIN * rng.normal(1.0, 0.03, 3)
    inwards = 1 - _radius(position, axes) / (1 + 0.03 * field.draw(40.0))
    x, y, z = position
    depth = inwards + 0.05 * field.draw(9.0) + 0.02 * field.draw(22.0)
    tissue = np.where(depth < CORTEX, GREY, WHITE)
    curve = 0.004 * y**2
    for side in (-1, 1):
        nucleus = _radius(position - _column(side * 21.0, 6.0, 0.0), np.array([9.0, 15.0, 10.0]))
        tissue[nucleus + 0.08 * field.draw(9.0) < 1] = GREY
        size = np.array([6.0, 30.0, 11.0]) * rng.normal(1.0, 0.1, 3)
        ventricle = _radius(np.stack([x - side * (9.0 + curve), y, z - 10.0]), size)
        tissue[ventricle < 1] = CSF
    fissure = (np.abs(x) < 1.8) & (inwards < 0.45) & (z > -10)
    tissue[fissure | (inwards < RIM)] = CSF
    tissue[inwards < 0] = 0
    return tissue.astype(np.uint8)


def _tumour(
    position: np.ndarray, tissue: np.ndarray, field: _Field, rng: np.random.Generator
) -> tuple[np.ndarray, dict[str, float]]:
    """Grow nested shells of uneven radius around a place in the white matter."""
    places = np.argwhere((tissue == WHITE) & (_radius(position, BRAIN) < 0.65))
    centre = position[(slice(None), *places[rng.integers(len(places))])]
    radius, core, necrotic = (rng.uniform(*limits) for limits in (RADIUS, CORE, NECROTIC))
    share = _radius(position - _column(*centre), np.full(3, radius)) / (1 + 0.15 * field.draw(22.0)).clip(0.5)
    label = np.zeros(tissue.shape, dtype=np.uint8)
    for limit, number in ((1.0, OEDEMA), (core, ENHANCING), (core * necrotic, NECROSIS)):
        label[share < limit] = number
    # Fluid does not swell; solid tumour displaces it.
    label[(tissue == 0) | ((tissue == CSF) & (label == OEDEMA))] = 0
    truth = {"radius_mm": radius, "core_share": core, "necrosis_share": necrotic}
    truth |= dict(zip(("x_mm", "y_mm", "z_mm"), (centre * [-1, -1, 1]).tolist(), strict=True))
    return label, truth


def _image(
    number: int,
    tissue: np.ndarray,
    label: np.ndarray,
    field: _Field,
    settings: dict[str, Any],
    rng: np.random.Generator,
) -> np.ndarray:
    """Image the phantom in one modality: contrast, partial volume, texture, bias field, Rician noise."""
    clean = np.zeros(tissue.shape)
    for classes, contrast in ((tissue, CONTRAST), (label, TUMOUR_CONTRAST)):
        for value, brightness in contrast.items():
            clean[classes == value] = brightness[number] * rng.normal(1.0, JITTER)
    clean = gaussian_filter(clean, 0.4)
    for size, strength in TEXTURE:
        clean *= 1 + strength * field.draw(size)
    clean *= np.exp(settings["bias_field"] * field.draw(90.0) / 2)
    real, imaginary = rng.normal(0.0, settings["noise"], (2, *tissue.shape))
    image = np.hypot(clean + real, imaginary) * rng.uniform(600, 1400)
    # At least 1 inside, for zero means background.
    return np.where(tissue > 0, image.clip(1), 0).astype(np.int16)


def _radius(position: np.ndarray, axes: np.ndarray) -> np.ndarray:
    """Distance from the origin in units of the half-axes."""
    return np.sqrt(sum((coordinate / axis) ** 2 for coordinate, axis in zip(position, axes, strict=True)))


def _column(*values: float) -> np.ndarray:
    return np.array(values)[:, None, None, None]
