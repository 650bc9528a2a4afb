"""Every metric on synthetic samples, beside its ceiling and its floor."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from syncohort.realism.gene_correlation import varying_genes
from syncohort.realism.metrics import METRICS, Metric
from syncohort.realism.samples import SampleSet

CEILING = (
    "The ceiling is the score of real training samples, as many as were tested and in the same conditions, against "
    "the real test samples. It carries the noise of so few samples; a model has seen all training samples and may "
    "come out smoother, so a synthetic score can exceed the ceiling. That shows agreement within noise, "
    "not samples more real than real ones."
)


def compare(
    real: np.ndarray,
    synthetic: Sequence[np.ndarray],
    training_subsets: Sequence[np.ndarray],
    *,
    seed: int,
    metrics: Sequence[Metric] = METRICS,
) -> pd.DataFrame:
    """Score synthetic samples against real ones, with a ceiling and a floor at the same number of samples.

    Parameters
    ----------
    real
        (samples, genes) z-scores of real test samples.
    synthetic
        Draws of synthetic samples, each (samples, genes) z-scores. The value is their mean score.
    training_subsets
        Draws of real training samples, each (samples, genes). The ceiling is their mean score, the floor that of
        the metric's trivial generator on each of them.
    seed
        Seed of the trivial generators.
    metrics
        Metrics to compute.

    Returns
    -------
    DataFrame
        One row per metric: `metric`, `value`, `ceiling`, `floor`, `note`. A metric that is not defined is NaN.
    """
    # Of real samples only: a gene that is constant among synthetic ones is a fault of theirs, and counts.
    varying = varying_genes(real, *training_subsets)
    reference = SampleSet(real, varying)
    candidates = [SampleSet(drawn, varying) for drawn in synthetic]
    ceilings, floors = (np.empty((len(training_subsets), len(metrics))) for _ in range(2))
    for draw, subset in enumerate(training_subsets):
        drawn = SampleSet(subset, varying)
        trivial = {
            generator: SampleSet(generator(subset, np.random.default_rng([seed, draw])), varying)
            for generator in {metric.floor for metric in metrics}
        }
        ceilings[draw] = [metric.function(reference, drawn) for metric in metrics]
        floors[draw] = [metric.function(reference, trivial[metric.floor]) for metric in metrics]
    return pd.DataFrame(
        {
            "metric": [metric.name for metric in metrics],
            "value": [np.mean([metric.function(reference, drawn) for drawn in candidates]) for metric in metrics],
            "ceiling": ceilings.mean(axis=0),
            "floor": floors.mean(axis=0),
            "note": [metric.note(reference) for metric in metrics],
        }
    )
