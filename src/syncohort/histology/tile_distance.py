"""How far tiles are from real ones, by the features of both."""

import numpy as np
from scipy.spatial.distance import cdist

from syncohort.histology.cells import CellMeter
from syncohort.realism.frechet import frechet_distance
from syncohort.realism.kernels import maximum_mean_discrepancy, median_distance

LEAST_VARIATION = 0.01


class FeatureDistance:
    """Distances of other tiles from some real ones, each feature scaled by its standard deviation among those.

    Parameters
    ----------
    real
        (tiles, dimensions) features of the real tiles.
    """

    def __init__(self, real: np.ndarray) -> None:
        self.mean, self.deviation = feature_scale(real)
        self.real = self._scale(real)
        self.within = cdist(self.real, self.real)

    def kernel(self, features: np.ndarray) -> float:
        """Kernel distance (MMD², unbiased) of (tiles, dimensions) features."""
        other = self._scale(features)
        between, within = cdist(self.real, other), cdist(other, other)
        return maximum_mean_discrepancy(self.within, within, between, median_distance(self.within))

    def frechet(self, features: np.ndarray) -> float:
        """Fréchet distance of (tiles, dimensions) features."""
        return frechet_distance(self.real, self._scale(features))

    def _scale(self, features: np.ndarray) -> np.ndarray:
        return (features - self.mean) / self.deviation


class TileDistance:
    """Kernel distance of tiles by what can be counted and measured in them.

    Parameters
    ----------
    meter
        Measures tiles.
    real
        (tiles, size, size, 3) uint8 real tiles.
    """

    def __init__(self, meter: CellMeter, real: np.ndarray) -> None:
        self.meter = meter
        self.distance = FeatureDistance(meter.measure(real).to_numpy())

    def of(self, tiles: np.ndarray) -> float:
        """Distance of other tiles, (tiles, size, size, 3) uint8."""
        return self.distance.kernel(self.meter.measure(tiles).to_numpy())


def feature_scale(real: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation of every feature of real tiles, (tiles, dimensions), by which others are scaled.

    What hardly varies among real tiles, such as the share of tissue where all is tissue, counts with a hundredth of its
    mean at least, or the least difference would outweigh all others.
    """
    mean = real.mean(axis=0)
    deviation = np.maximum(real.std(axis=0), LEAST_VARIATION * np.abs(mean))
    return mean, np.where(deviation > 0, deviation, 1.0)
