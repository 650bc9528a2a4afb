"""Haematoxylin and eosin: from amounts of stain to colour and back, by Beer and Lambert's law."""

import numpy as np
from skimage.color import rgb_from_hed

# Optical densities (red, green, blue) of a unit of haematoxylin and of eosin (Ruifrok and Johnston 2001).
HAEMATOXYLIN_EOSIN = np.asarray(rgb_from_hed[:2], dtype=np.float64)


def stain_vectors(rng: np.random.Generator, variation: float) -> np.ndarray:
    """Draw a laboratory's stains: (2, 3) optical densities around those of Ruifrok and Johnston, each of length 1.

    Parameters
    ----------
    rng
        Source of the variation.
    variation
        Standard deviation of each density, as a share of it.
    """
    vectors = HAEMATOXYLIN_EOSIN * np.exp(variation * rng.normal(size=(2, 3)))
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def colour(amounts: np.ndarray, vectors: np.ndarray) -> np.ndarray:
    """Colour of stained tissue in white light: (height, width, 3) uint8.

    Parameters
    ----------
    amounts
        (height, width, 2) optical density of haematoxylin and of eosin.
    vectors
        (2, 3) of `stain_vectors`.
    """
    return np.rint(255 * np.exp(-np.clip(amounts @ vectors, 0, None))).astype(np.uint8)
