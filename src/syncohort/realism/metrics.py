"""What a realism metric is: its name, what it says, and which way is better."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from syncohort.realism.samples import SampleSet

HIGHER, LOWER, NEAR_ONE = "higher", "lower", "nearer to 1"
FIDELITY, BIOLOGY, UTILITY, PRIVACY = "fidelity", "biology", "utility", "privacy"


@dataclass(frozen=True)
class Metric:
    """A number that says how real, useful or private synthetic samples are.

    Parameters
    ----------
    name
        Name in tables.
    label
        Name in reports.
    axis
        What it judges: `fidelity`, `biology`, `utility` or `privacy`.
    better
        `higher`, `lower` or `nearer to 1`.
    explanation
        One sentence for readers, which also says what the floor is.
    """

    name: str
    label: str
    axis: str
    better: str
    explanation: str

    def loss(self, value: float) -> float:
        """How bad a value is: the smaller the better, on a scale of the metric's own."""
        return {HIGHER: -value, LOWER: value, NEAR_ONE: abs(value - 1)}[self.better]

    def relative(self, value: float, ceiling: float, floor: float) -> float:
        """Place a value between its floor (0) and its ceiling (1).

        Returns
        -------
        float
            NaN where a number is missing or where the ceiling is not better than the floor, so that the metric cannot
            tell real from trivial here.
        """
        if not np.isfinite([value, ceiling, floor]).all() or self.loss(floor) <= self.loss(ceiling):
            return np.nan
        return (self.loss(floor) - self.loss(value)) / (self.loss(floor) - self.loss(ceiling))


@dataclass(frozen=True)
class Comparison(Metric):
    """A metric that compares real samples with as many others.

    Parameters
    ----------
    function
        Value from the real samples and the others.
    floor
        Trivial generator the metric is held against: values (samples, genes) and a source of randomness in, values out.
    note
        What a reader must know of a value, from the real samples; empty when there is nothing.
    most_draws
        Draws it is averaged over at most; less for what is slow to compute.
    """

    function: Callable[[SampleSet, SampleSet], float]
    floor: Callable[[np.ndarray, np.random.Generator], np.ndarray]
    note: Callable[[SampleSet], str] = lambda real: ""
    most_draws: int = 1000
