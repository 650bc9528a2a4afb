"""What can be counted and measured in a tile: nuclei, their size, both stains."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
import pandas as pd
from scipy.ndimage import distance_transform_edt, gaussian_filter
from skimage.color import rgb2hed
from skimage.feature import peak_local_max
from skimage.filters import threshold_otsu
from skimage.measure import label

HAEMATOXYLIN, EOSIN = 0, 1
# Smallest nucleus and radius that two nuclei are told apart by, µm.
LEAST_AREA, LEAST_RADIUS = 6.0, 1.5
# Lighter than this in every channel is glass.
GLASS = 230


@dataclass(frozen=True)
class CellMeter:
    """Measures tiles, real and synthetic alike, by one threshold.

    Parameters
    ----------
    threshold
        Haematoxylin, by the colour deconvolution of Ruifrok and Johnston, above which a pixel is of a nucleus.
    microns_per_pixel
        Size of a pixel.
    """

    threshold: float
    microns_per_pixel: float

    @classmethod
    def fit(cls, tiles: np.ndarray, microns_per_pixel: float) -> Self:
        """Set the threshold by Otsu's method on the tissue of training tiles, (tiles, size, size, 3) uint8."""
        tissue = tiles.min(axis=-1) < GLASS
        return cls(float(threshold_otsu(rgb2hed(tiles)[..., HAEMATOXYLIN][tissue])), microns_per_pixel)

    def measure(self, tiles: Iterable[np.ndarray]) -> pd.DataFrame:
        """Measure tiles, (size, size, 3) uint8 each.

        Returns
        -------
        DataFrame
            Per tile: `tissue` (share), `cell_density` (nuclei per mm² of tissue), `nuclear_area` (mean, µm²),
            `nuclear_share` (of the tissue), `haematoxylin` (mean in nuclei), `eosin` (mean in the other tissue),
            `eosin_deviation` (texture of the latter). Tiles without nuclei have none, and the size of those is 0.
        """
        return pd.DataFrame([self._measure(tile) for tile in tiles])

    def _measure(self, tile: np.ndarray) -> dict[str, float]:
        stains = rgb2hed(tile)
        tissue = tile.min(axis=-1) < GLASS
        smooth = gaussian_filter(stains[..., HAEMATOXYLIN], 0.5 / self.microns_per_pixel)
        nuclei = (smooth > self.threshold) & tissue
        number, area = self._count(nuclei)
        other = tissue & ~nuclei
        pixel = self.microns_per_pixel**2
        eosin = stains[..., EOSIN][other]
        return {
            "tissue": float(tissue.mean()),
            "cell_density": number / max(tissue.sum() * pixel * 1e-6, 1e-9),
            "nuclear_area": area * pixel / max(number, 1),
            "nuclear_share": area / max(tissue.sum(), 1),
            "haematoxylin": float(stains[..., HAEMATOXYLIN][nuclei].mean()) if area else 0.0,
            "eosin": float(eosin.mean()) if eosin.size else 0.0,
            "eosin_deviation": float(eosin.std()) if eosin.size else 0.0,
        }

    def _count(self, nuclei: np.ndarray) -> tuple[int, float]:
        """Count nuclei, those that touch by the peaks of the distance from their edge, and give their pixels."""
        regions = label(nuclei)
        sizes = np.bincount(regions.ravel())
        large = sizes * self.microns_per_pixel**2 >= LEAST_AREA
        large[0] = False
        regions[~large[regions]] = 0
        distance = gaussian_filter(distance_transform_edt(np.pad(regions > 0, 1))[1:-1, 1:-1], 0.5)
        apart = max(1, round(LEAST_RADIUS / self.microns_per_pixel))
        peaks = peak_local_max(distance, min_distance=apart, labels=regions, exclude_border=False)
        return len(peaks), float((regions > 0).sum())

    def to_json(self) -> dict[str, Any]:
        """Give the values by name."""
        return asdict(self)
