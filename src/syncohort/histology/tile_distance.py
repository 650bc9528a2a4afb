"""How far generated tiles are from real ones, by what can be counted and measured in them."""

import numpy as np
import pandas as pd
from scipy.spatial.distance import cdist

from syncohort.histology.cells import CellMeter, measurement_scale
from syncohort.realism.kernels import maximum_mean_discrepancy, median_distance


class TileDistance:
    """Kernel distance (MMD², unbiased) of measurements, each scaled by its standard deviation among the real tiles.

    Parameters
    ----------
    meter
        Measures tiles.
    real
        (tiles, size, size, 3) uint8 real tiles.
    """

    def __init__(self, meter: CellMeter, real: np.ndarray) -> None:
        self.meter = meter
        measured = meter.measure(real)
        self.mean, self.deviation = measurement_scale(measured)
        self.real = self._scale(measured)
        self.within = cdist(self.real, self.real)

    def of(self, tiles: np.ndarray) -> float:
        """Distance of other tiles, (tiles, size, size, 3) uint8."""
        other = self._scale(self.meter.measure(tiles))
        between = cdist(self.real, other)
        return maximum_mean_discrepancy(self.within, cdist(other, other), between, median_distance(self.within))

    def _scale(self, measured: pd.DataFrame) -> np.ndarray:
        return ((measured - self.mean) / self.deviation).to_numpy()
