"""Drawing of tissue as haematoxylin and eosin show it: nuclei, cytoplasm, stroma with fibres, lumina, background."""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import fourier_gaussian, gaussian_filter
from scipy.spatial import cKDTree
from skimage.draw import ellipse

from syncohort.sources.slides.stain import colour, stain_vectors

# Optical densities of eosin in cytoplasm and in stroma, and of haematoxylin in cytoplasm.
CYTOPLASM, STROMA, BASOPHILIA = 0.45, 0.6, 0.12
# Lengths in microns: of the slide's outline, of regions of stroma, of fibres across and along, of optical blur.
OUTLINE, REGION, FIBRE, BLUR = 90.0, 20.0, (0.8, 12.0), 0.4
LUMEN_RADIUS = 7.0
# Nuclei of the stroma are this much longer than wide; those of the epithelium are nearly round.
SPINDLE = 2.2
STAIN_VARIATION, NOISE = 0.12, 0.02


@dataclass(frozen=True)
class Traits:
    """What a slide is drawn by.

    Parameters
    ----------
    cell_density
        Nuclei per mm² of tissue.
    nuclear_radius
        Mean radius of a nucleus, µm.
    haematoxylin
        Mean optical density of haematoxylin in nuclei.
    stroma, lumina
        Shares of the tissue.
    """

    cell_density: float
    nuclear_radius: float
    haematoxylin: float
    stroma: float
    lumina: float


def draw_slide(
    traits: Traits,
    shape: tuple[int, int],
    microns_per_pixel: float,
    rng: np.random.Generator,
    stain_variation: float = STAIN_VARIATION,
) -> tuple[np.ndarray, float]:
    """Draw a slide.

    Parameters
    ----------
    traits
        What it shows.
    shape
        Height and width in pixels.
    microns_per_pixel
        Size of a pixel.
    rng
        Source of everything random.
    stain_variation
        Variation of the stains, as `stain_vectors` has it.

    Returns
    -------
    image
        (height, width, 3) uint8.
    density
        Nuclei drawn per mm² of tissue: nuclei keep a distance, so a crowded slide has some fewer than asked for.
    """
    scale = 1 / microns_per_pixel
    tissue = _region(shape, OUTLINE * scale, 0.8, rng)
    lumina = _region(shape, LUMEN_RADIUS * scale, traits.lumina, rng) & tissue
    stroma = _region(shape, REGION * scale, traits.stroma, rng) & tissue & ~lumina
    solid = tissue & ~lumina
    amounts = np.zeros((*shape, 2))
    amounts[..., 1] = np.where(stroma, STROMA * _fibres(shape, scale, rng), CYTOPLASM) * solid
    amounts[..., 0] = BASOPHILIA * solid * (1 - 0.5 * stroma)
    centres = _centres(solid, traits, microns_per_pixel, rng)
    for row, column in centres:
        _draw_nucleus(amounts, (row, column), bool(stroma[int(row), int(column)]), traits, scale, rng)
    amounts = gaussian_filter(amounts, (BLUR * scale, BLUR * scale, 0))
    amounts *= 1 + 0.1 * _smooth(shape, 2.0 * scale, rng)[..., None]
    amounts += NOISE * rng.normal(size=(*shape, 1))
    area = tissue.sum() * (microns_per_pixel / 1000) ** 2
    return colour(amounts, stain_vectors(rng, stain_variation)), len(centres) / area


def _smooth(shape: tuple[int, int], length: float, rng: np.random.Generator) -> np.ndarray:
    """Draw a smooth random field of mean 0 and standard deviation 1."""
    # A field that is the same all over a small slide would have no deviation.
    length = min(length, min(shape) / 2)
    # In frequencies, where a long filter costs no more than a short one.
    field = np.fft.ifft2(fourier_gaussian(np.fft.fft2(rng.normal(size=shape)), length)).real
    return (field - field.mean()) / field.std()


def _region(shape: tuple[int, int], length: float, share: float, rng: np.random.Generator) -> np.ndarray:
    """Draw a random region that covers a share of the slide."""
    field = _smooth(shape, length, rng)
    return field > np.quantile(field, 1 - share)


def _fibres(shape: tuple[int, int], scale: float, rng: np.random.Generator) -> np.ndarray:
    """Draw the density of wavy fibres, of mean 1."""
    across, along = (length * scale for length in FIBRE)
    field = gaussian_filter(rng.normal(size=shape), (across, along), mode="wrap")
    rows, columns = np.indices(shape)
    wave = np.rint(6 * scale * np.sin(2 * np.pi * columns / (70 * scale))).astype(int)
    field = field[(rows + wave) % shape[0], columns]
    return (1 + 0.35 * field / field.std()).clip(0.2)


def _centres(solid: np.ndarray, traits: Traits, microns_per_pixel: float, rng: np.random.Generator) -> np.ndarray:
    """Draw centres of nuclei in the tissue, (nuclei, 2) pixels, none nearer to another than their mean radius."""
    area = solid.sum() * (microns_per_pixel / 1000) ** 2
    rows, columns = np.nonzero(solid)
    chosen = rng.choice(len(rows), min(len(rows), rng.poisson(traits.cell_density * area)), replace=False)
    points = np.stack([rows[chosen], columns[chosen]], axis=1).astype(float)
    if len(points) < 2:
        return points
    pairs = cKDTree(points).query_pairs(traits.nuclear_radius / microns_per_pixel, output_type="ndarray")
    return np.delete(points, np.unique(pairs[:, 1]), axis=0)


def _draw_nucleus(
    amounts: np.ndarray,
    centre: tuple[float, float],
    spindle: bool,
    traits: Traits,
    scale: float,
    rng: np.random.Generator,
) -> None:
    """Draw one nucleus over what is there."""
    radius = traits.nuclear_radius * scale * np.exp(0.12 * rng.normal())
    stretch = np.sqrt(SPINDLE if spindle else np.exp(abs(0.2 * rng.normal())))
    angle = 0.3 * rng.normal() if spindle else rng.uniform(0, np.pi)
    inside = ellipse(*centre, radius / stretch, radius * stretch, shape=amounts.shape[:2], rotation=angle)
    amounts[inside[0], inside[1], 0] = traits.haematoxylin * np.exp(0.15 * rng.normal())
    amounts[inside[0], inside[1], 1] *= 0.5
