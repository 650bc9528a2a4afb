"""The self-test of the judges: two releases whose quality is known, judged as synthetic samples are."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from syncohort.expression.spaces import PRINCIPAL_COMPONENTS, SELECTED_GENES
from syncohort.realism.comparison import Comparer
from syncohort.realism.controls import matched_subset, permuted_genes
from syncohort.realism.privacy import PrivacyJudge
from syncohort.realism.samples import SampleSet, pool
from syncohort.realism.utility import UTILITARIAN, UtilityJudge

COPY, PERMUTED = "bootstrap copy", "permuted genes"
TESTED_IN = {
    "gamma_distances": SELECTED_GENES,
    "wasserstein": SELECTED_GENES,
    "tstr": PRINCIPAL_COMPONENTS,
    "membership_distance": SELECTED_GENES,
    "membership_density": PRINCIPAL_COMPONENTS,
}


def self_test(
    train: SampleSet,
    test: SampleSet,
    draws: int,
    metrics: pd.DataFrame,
    comparer: Comparer,
    utility: UtilityJudge,
    privacy: PrivacyJudge,
    seed: int,
) -> pd.DataFrame:
    """Judge a bootstrap copy of the training samples and training samples with permuted genes.

    The copy must come out as perfectly real and useful and as not private, permuted genes as private and useless;
    otherwise the judges cannot be trusted on this cohort.

    Parameters
    ----------
    train, test
        Real samples.
    draws
        Draws of each release, as many as of synthetic samples.
    metrics
        The fold's scores, for ceiling and floor.
    comparer, utility, privacy
        Judges of the fold; the comparer is that of the selected genes.
    seed
        Seed of the draws.

    Returns
    -------
    DataFrame
        One row per control and metric: `control`, `metric`, `space`, `value`, `ceiling`, `floor`.
    """
    found = []
    # Copies of what the model learnt from, and nothing else.
    learnt = privacy.population.train
    for number, control in enumerate((COPY, PERMUTED)):
        rng = np.random.default_rng([seed, number])
        released = _releases(control, learnt, test.groups, draws, rng)
        tested = [metric for metric in comparer.metrics if metric.name in TESTED_IN]
        values = _named(tested, comparer.scores(released, tested))
        release = pool(released)
        values |= _named(UTILITARIAN, utility.scores(release)[0])
        values |= _named(privacy.metrics, privacy.scores(release))
        found += [(control, metric, space, values[metric]) for metric, space in TESTED_IN.items()]
    table = pd.DataFrame(found, columns=["control", "metric", "space", "value"])
    return table.merge(metrics[["metric", "space", "ceiling", "floor"]], on=["metric", "space"], how="left")


def _releases(
    control: str, learnt: SampleSet, groups: Sequence[str], draws: int, rng: np.random.Generator
) -> list[SampleSet]:
    """Draws of a control in the groups of the test samples."""
    releases = []
    for _ in range(draws):
        if control == COPY:
            source = learnt.take(rng.integers(len(learnt), size=len(learnt)))
        else:
            source = learnt.with_values(permuted_genes(learnt.values, rng))
        releases.append(source.take(matched_subset(source.groups, groups, rng)))
    return releases


def _named(metrics: Sequence, scores: Sequence[float]) -> dict[str, float]:
    return {metric.name: score for metric, score in zip(metrics, scores, strict=True)}
