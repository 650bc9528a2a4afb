"""Realism of the synthetic expression of a held-out fold: every judge, in one table."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import anndata
import numpy as np
import pandas as pd

from syncohort.core.errors import InputError
from syncohort.core.splits import TRAIN
from syncohort.expression.normalisation import Scaler
from syncohort.expression.self_test import self_test
from syncohort.expression.spaces import (
    FEWEST_FEATURES,
    PRINCIPAL_COMPONENTS,
    SELECTED_GENES,
    Space,
    expression_spaces,
)
from syncohort.realism.attack import Population
from syncohort.realism.comparison import Comparer
from syncohort.realism.controls import matched_subset
from syncohort.realism.learning_curve import learning_curve
from syncohort.realism.principal import Projection
from syncohort.realism.privacy import PrivacyJudge
from syncohort.realism.samples import SampleSet, pool
from syncohort.realism.utility import UtilityJudge

COLUMNS = ["metric", "space", "value", "ceiling", "floor", "ci_low", "ci_high", "n", "note"]
FEWEST_SAMPLES = 3


def sample_set(values: np.ndarray, samples: pd.DataFrame, categorical: Sequence[str]) -> SampleSet:
    """Join (samples, genes) z-scores with what is known of the samples, and name the group of each.

    A group is a condition and a value of each categorical covariate.
    """
    groups = samples[["condition", *categorical]].astype(str).agg("/".join, axis=1)
    return SampleSet(values, samples.assign(group=groups))


def drawn_sets(synthetic: anndata.AnnData, scaler: Scaler, categorical: Sequence[str]) -> list[SampleSet]:
    """Take a fold's synthetic samples apart into their draws, z-scored by the scaler."""
    rows = synthetic.obs.groupby("draw").indices.values()
    return [sample_set(scaler.transform(synthetic[row].X), synthetic.obs.iloc[row], categorical) for row in rows]


@dataclass(frozen=True, eq=False)
class FoldScores:
    """What a fold's synthetic samples were found to be.

    Parameters
    ----------
    metrics
        One row per metric and space: `metric`, `space`, `value`, `ceiling`, `floor`, `ci_low`, `ci_high` (empty: one
        fold has no interval), `n` (test samples), `note`.
    learning_curve
        The table of `learning_curve`.
    self_test
        The table of `self_test`.
    """

    metrics: pd.DataFrame
    learning_curve: pd.DataFrame
    self_test: pd.DataFrame


def evaluate_fold(
    train: SampleSet,
    test: SampleSet,
    synthetic: Sequence[SampleSet],
    *,
    scaler: Scaler,
    covariates: Sequence[str],
    named: Sequence[str] | None,
    gene_sets: Mapping[str, Sequence[str]],
    pseudo_count: float,
    draws: int,
    seed: int,
    critic: Callable[[SampleSet], np.ndarray] | None = None,
) -> FoldScores:
    """Score the synthetic samples of a fold's model against the fold's held-out real samples.

    Parameters
    ----------
    train, test
        Real training and test samples, z-scored by the split's scaler; `role` tells training samples that the model
        learnt from (`train`) from those of the validation part.
    synthetic
        Draws, each as many as the test samples, generated with their covariates.
    scaler
        Scaler of the split, which knows the selected genes.
    covariates
        Covariates whose effects are compared.
    named
        Genes of the second space, or None for the 12 most variable of the selected ones.
    gene_sets
        Name → genes, for pathway scores; may be empty.
    pseudo_count
        Added before the logarithm of a fold change, in the unit of the linear scale.
    draws
        Draws of training samples for ceiling and floor, at least 1.
    seed
        Seed of the draws.
    critic
        Score of the model's critic from a set of samples, for an attack by it; None where it has none.

    Raises
    ------
    InputError
        When the fold has fewer than 3 test samples.
    """
    _check(test, synthetic)
    rng = np.random.default_rng(seed)
    subsets = [train.take(matched_subset(train.groups, test.groups, rng)) for _ in range(draws)]
    projection = Projection.fit(train.values)
    spaces = expression_spaces(
        scaler, projection, named=named, gene_sets=gene_sets, covariates=covariates, pseudo_count=pseudo_count
    )
    comparers = [Comparer(test, subsets, space.metrics, seed, space.see) for space in spaces]
    utility = UtilityJudge(train, test, projection, seed)
    privacy = PrivacyJudge(_population(train, test, projection, seed, critic), sum(map(len, synthetic)))
    release = pool(synthetic)
    attacks = privacy.table(release)
    places = attacks.pop("components").map({True: PRINCIPAL_COMPONENTS, False: SELECTED_GENES})
    tables = [
        *(_table(space, comparer, synthetic) for space, comparer in zip(spaces, comparers, strict=True)),
        utility.table(release).assign(space=PRINCIPAL_COMPONENTS),
        attacks.assign(space=places),
    ]
    metrics = pd.concat(tables, ignore_index=True).assign(ci_low=np.nan, ci_high=np.nan, n=len(test))[COLUMNS]
    return FoldScores(
        metrics,
        learning_curve(utility, release),
        self_test(train, test, len(synthetic), metrics, comparers[0], utility, privacy, seed),
    )


def _population(
    train: SampleSet,
    test: SampleSet,
    projection: Projection,
    seed: int,
    critic: Callable[[SampleSet], np.ndarray] | None,
) -> Population:
    """Whom attacks are about: the samples that the model learnt from, and those held out."""
    learnt = np.flatnonzero(train.samples["role"].astype(str) == TRAIN)
    return Population(train.take(learnt), test, projection, seed, critic)


def _check(test: SampleSet, synthetic: Sequence[SampleSet]) -> None:
    """Refuse what cannot be scored."""
    if len(test) < FEWEST_SAMPLES:
        raise InputError(
            f"The test part of this fold has {len(test)} samples, and its metrics need at least {FEWEST_SAMPLES}. "
            "Lower splits.folds."
        )
    for drawn in synthetic:
        if drawn.values.shape != test.values.shape:
            raise ValueError(
                f"Synthetic samples are {drawn.values.shape}, test samples {test.values.shape}: they must be as many."
            )
        if not np.isfinite(drawn.values).all():
            raise ValueError("Synthetic samples hold values that are not finite.")


def _table(space: Space, comparer: Comparer, synthetic: Sequence[SampleSet]) -> pd.DataFrame:
    """All metrics of a space; NaN where it has too few features."""
    if space.features < FEWEST_FEATURES:
        undefined = f"not computed: fewer than {FEWEST_FEATURES} {space.name.split()[-1]}"
        names = [metric.name for metric in space.metrics]
        table = pd.DataFrame({"metric": names, "value": np.nan, "ceiling": np.nan, "floor": np.nan, "note": undefined})
    else:
        table = comparer.table(synthetic)
    notes = ["; ".join(filter(None, [note, space.note])) for note in table["note"]]
    return table.assign(space=space.name, note=notes)
