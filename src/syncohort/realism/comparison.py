"""Every metric on synthetic samples, beside its ceiling and its floor."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from syncohort.realism.gene_correlation import varying_genes
from syncohort.realism.metrics import Comparison
from syncohort.realism.samples import SampleSet

CEILING = (
    "The ceiling is the score of real training samples, as many as were tested and in the same conditions, against "
    "the real test samples. It carries the noise of so few samples; a model has seen all training samples and may "
    "come out smoother, so a synthetic score can exceed the ceiling. That shows agreement within noise, "
    "not samples more real than real ones."
)


def identity(values: np.ndarray) -> np.ndarray:
    """Leave values as they are: the space of the genes themselves."""
    return values


@dataclass(frozen=True, eq=False)
class Comparer:
    """Real test samples that draws of others are held against, in one space and by some metrics.

    Parameters
    ----------
    real
        Real test samples, (samples, genes) z-scores.
    training
        Draws of real training samples, each as many as `real`. The ceiling is their mean score, the floor that of
        the metric's trivial generator on each of them.
    metrics
        Metrics to compute.
    seed
        Seed of the trivial generators.
    space
        What the metrics see of (samples, genes) values: these themselves, or something made from each sample.
    """

    real: SampleSet
    training: Sequence[SampleSet]
    metrics: Sequence[Comparison]
    seed: int
    space: Callable[[np.ndarray], np.ndarray] = identity

    @cached_property
    def reference(self) -> SampleSet:
        """The real test samples as the metrics see them."""
        values = self.space(self.real.values)
        # Of real samples only: a gene that is constant among synthetic ones is a fault of theirs, and counts.
        varying = varying_genes(values, *(self.space(drawn.values) for drawn in self.training))
        return self.real.with_values(values, varying)

    def scores(self, draws: Iterable[SampleSet], metrics: Sequence[Comparison] | None = None) -> list[float]:
        """Mean score of draws of samples by each of `metrics`, or by all; a metric that is not defined is NaN."""
        metrics = self.metrics if metrics is None else metrics
        scores: list[list[float]] = [[] for _ in metrics]
        for number, drawn in enumerate(draws):
            # Held for one turn only: it keeps the distances of its samples.
            other = drawn.with_values(self.space(drawn.values), self.reference.varying)
            for metric, known in zip(metrics, scores, strict=True):
                if number < metric.most_draws:
                    known.append(metric.function(self.reference, other))
        return [float(np.mean(known)) for known in scores]

    @cached_property
    def ceilings(self) -> list[float]:
        """Mean scores of the draws of real training samples."""
        return self.scores(self.training)

    @cached_property
    def floors(self) -> list[float]:
        """Mean scores of the metrics' trivial generators."""
        scores = {}
        for generator in dict.fromkeys(metric.floor for metric in self.metrics):
            held = [metric for metric in self.metrics if metric.floor is generator]
            made = (
                drawn.with_values(generator(drawn.values, np.random.default_rng([self.seed, number])))
                for number, drawn in enumerate(self.training)
            )
            scores |= zip((metric.name for metric in held), self.scores(made, held), strict=True)
        return [scores[metric.name] for metric in self.metrics]

    def table(self, synthetic: Iterable[SampleSet]) -> pd.DataFrame:
        """One row per metric: `metric`, `value` (of draws of synthetic samples), `ceiling`, `floor`, `note`."""
        return pd.DataFrame(
            {
                "metric": [metric.name for metric in self.metrics],
                "value": self.scores(synthetic),
                "ceiling": self.ceilings,
                "floor": self.floors,
                "note": [metric.note(self.reference) for metric in self.metrics],
            }
        )
