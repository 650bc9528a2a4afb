"""How many steps a generator told expression needs to be as good as one of noise alone ever becomes."""

from typing import NamedTuple

import numpy as np
import pandas as pd


class EqualQuality(NamedTuple):
    """Steps to equal quality.

    Parameters
    ----------
    best
        Least smoothed monitor of the model of noise.
    of_noise
        Step at which it has it.
    steps
        First step at which the other's smoothed monitor is as low; NaN where it never is.
    """

    best: float
    of_noise: int
    steps: float

    @property
    def share(self) -> float:
        """Steps as a share of those of the model of noise."""
        return self.steps / self.of_noise


def steps_to_equal_quality(noise: pd.DataFrame, told: pd.DataFrame) -> EqualQuality:
    """Compare two trainings whose monitors are measured against the same validation tiles.

    Parameters
    ----------
    noise, told
        Histories, `step` and `monitor_smoothed`, of the model of noise alone and of the one told expression.
    """
    best = noise.loc[noise["monitor_smoothed"].idxmin()]
    reached = told.loc[told["monitor_smoothed"] <= best["monitor_smoothed"], "step"]
    steps = float(reached.iloc[0]) if len(reached) else np.nan
    return EqualQuality(float(best["monitor_smoothed"]), int(best["step"]), steps)
