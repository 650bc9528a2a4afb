"""Mean expression for given covariates: class means where a class is large enough, else an additive model."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from syncohort.expression.classes import classes
from syncohort.expression.covariates import Conditions

ALL = "all"


@dataclass(frozen=True, eq=False)
class Locations:
    """Mean expression by class and numeric covariates.

    Parameters
    ----------
    codes
        (classes, categorical) classes with a mean of their own.
    means
        (classes, genes) their means.
    centres
        (classes, numeric) their means of the numeric covariates.
    slopes
        (numeric, genes) change of the mean with a numeric covariate, the same in every class.
    effects
        (1 + all levels, genes) intercept and effect of each level, for all other combinations of levels.
    """

    codes: np.ndarray
    means: np.ndarray
    centres: np.ndarray
    slopes: np.ndarray
    effects: np.ndarray

    @classmethod
    def fit(cls, expression: np.ndarray, conditions: Conditions, smallest_class: int) -> "Locations":
        """Fit to (samples, genes) expression by least squares; smaller classes get no mean of their own."""
        members, genes = list(classes(conditions.codes)), expression.shape[1]
        centre = np.empty_like(conditions.numbers)
        within = np.empty_like(expression)
        for _, rows in members:
            centre[rows] = conditions.numbers[rows].mean(axis=0)
            within[rows] = expression[rows] - expression[rows].mean(axis=0)
        slopes = _pseudo_inverse(conditions.numbers - centre) @ within
        large = [(code, rows) for code, rows in members if len(rows) >= smallest_class]
        effects = _pseudo_inverse(_design(conditions)) @ (expression - conditions.numbers @ slopes)
        return cls(
            codes=np.array([code for code, _ in large], dtype=np.int64).reshape(len(large), len(conditions.levels)),
            means=np.array([expression[rows].mean(axis=0) for _, rows in large], dtype=np.float32).reshape(-1, genes),
            centres=np.array([centre[rows[0]] for _, rows in large], dtype=np.float32).reshape(len(large), len(slopes)),
            slopes=slopes,
            effects=effects,
        )

    def find(self, code: np.ndarray) -> int | None:
        """Position of a class with a mean of its own."""
        found = np.flatnonzero((self.codes == code).all(axis=1))
        return int(found[0]) if len(found) else None

    def predict(self, conditions: Conditions) -> np.ndarray:
        """Mean expression for each sample's covariates, (samples, genes) float32."""
        mean = np.empty((len(conditions), self.effects.shape[1]), dtype=np.float32)
        for code, rows in classes(conditions.codes):
            own, numbers = self.find(code), conditions.numbers[rows]
            if own is None:
                mean[rows] = _design(conditions[rows]) @ self.effects + numbers @ self.slopes
            else:
                mean[rows] = self.means[own] + (numbers - self.centres[own]) @ self.slopes
        return mean

    def residuals(self, expression: np.ndarray, conditions: Conditions) -> Iterator[tuple[str, np.ndarray, int]]:
        """Give the residuals of each class with a mean of its own, and those of all samples for the other classes.

        Yields
        ------
        group
            Name of the group, as `group` gives it for a class.
        residuals
            (samples of the group, genes), centred.
        freedom
            Degrees of freedom of their variance.
        """
        residuals = expression - self.predict(conditions)
        for code, rows in classes(conditions.codes):
            if self.find(code) is not None:
                yield self.group(code), residuals[rows], len(rows) - 1
        if len(self.codes) < math.prod(conditions.levels):
            yield ALL, residuals - residuals.mean(axis=0), len(residuals) - max(len(self.codes), 1)

    def group(self, code: np.ndarray) -> str:
        """Name of the group whose residuals are those of a class."""
        own = self.find(code)
        return ALL if own is None else f"class{own}"

    def to_arrays(self) -> dict[str, np.ndarray]:
        """Give the locations as named arrays."""
        return {f"locations.{name}": value for name, value in vars(self).items()}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> "Locations":
        """Restore locations given by `to_arrays`, among other arrays."""
        return cls(**{name: arrays[f"locations.{name}"] for name in cls.__dataclass_fields__})


def _pseudo_inverse(matrix: np.ndarray) -> np.ndarray:
    """Pseudo-inverse, as float32; singular values that are zero but for rounding, as n × ε tells, count as zero."""
    return np.linalg.pinv(matrix.astype(np.float64), rtol=None).astype(np.float32)


def _design(conditions: Conditions) -> np.ndarray:
    """(samples, 1 + all levels) intercept and indicators; least squares of least norm needs no reference level."""
    indicators = [conditions.codes[:, [column]] == np.arange(levels) for column, levels in enumerate(conditions.levels)]
    return np.column_stack([np.ones(len(conditions)), *indicators]).astype(np.float32)
