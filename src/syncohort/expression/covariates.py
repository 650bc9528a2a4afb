"""Covariates as a conditional generator sees them: category codes and standardised numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

CONDITION = "condition"


@dataclass(frozen=True, eq=False)
class Conditions:
    """Encoded covariates of samples, which a generator is told.

    Parameters
    ----------
    codes
        (samples, categorical) int64 level of each categorical covariate.
    numbers
        (samples, numeric) float32 standardised numeric covariates.
    levels
        Number of levels of each categorical covariate.
    """

    codes: np.ndarray
    numbers: np.ndarray
    levels: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, rows: np.ndarray | slice) -> "Conditions":
        return Conditions(self.codes[rows], self.numbers[rows], self.levels)


@dataclass(frozen=True)
class CovariateEncoder:
    """Encoding of a cohort's covariates.

    Parameters
    ----------
    levels
        Categorical covariate → its levels in the whole cohort, so that every fold codes them alike.
    moments
        Numeric covariate → (mean, standard deviation) over the samples it was fitted on.
    """

    levels: dict[str, list[str]]
    moments: dict[str, tuple[float, float]]

    @classmethod
    def fit(cls, training: pd.DataFrame, levels: dict[str, list[str]], numeric: Sequence[str]) -> "CovariateEncoder":
        """Fit the numeric moments on the training samples; a constant covariate is only centred."""
        moments = {name: (float(training[name].mean()), float(training[name].std(ddof=0)) or 1.0) for name in numeric}
        return cls(levels, moments)

    def encode(self, samples: pd.DataFrame) -> Conditions:
        """Encode samples, (samples, ·) with every covariate as a column."""
        codes = np.empty((len(samples), len(self.levels)), dtype=np.int64)
        for column, (name, levels) in enumerate(self.levels.items()):
            codes[:, column] = pd.Categorical(samples[name].astype(str), categories=levels).codes
        numbers = np.empty((len(samples), len(self.moments)), dtype=np.float32)
        for column, (name, (mean, deviation)) in enumerate(self.moments.items()):
            numbers[:, column] = (samples[name].to_numpy(dtype=float) - mean) / deviation
        return Conditions(codes, numbers, tuple(len(levels) for levels in self.levels.values()))

    def to_json(self) -> dict[str, Any]:
        """Give the encoding as plain values."""
        return {"levels": self.levels, "moments": {name: list(pair) for name, pair in self.moments.items()}}

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> "CovariateEncoder":
        """Restore an encoding given by `to_json`."""
        return cls(content["levels"], {name: tuple(pair) for name, pair in content["moments"].items()})


def cohort_levels(samples: pd.DataFrame, categorical: Sequence[str]) -> dict[str, list[str]]:
    """Levels of the condition, when the cohort has both, and of the categorical covariates, in sorted order."""
    names = [CONDITION, *categorical] if samples[CONDITION].nunique() > 1 else list(categorical)
    return {name: sorted(samples[name].astype(str).unique()) for name in names}
