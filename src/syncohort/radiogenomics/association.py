"""The association map: which modules of genes go with which image features."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from syncohort.realism.gene_modules import associate, gene_modules, module_activity

# A pair is called significant at this false discovery rate.
ALPHA = 0.05


@dataclass(frozen=True)
class AssociationMap:
    """Associations of modules with features.

    Parameters
    ----------
    table
        As `associate`.
    modules
        Name → genes.
    false_alarms
        As `significant_under_permutation`.
    """

    table: pd.DataFrame
    modules: dict[str, list[str]]
    false_alarms: float


def map_associations(
    expression: pd.DataFrame, features: pd.DataFrame, settings: Mapping[str, int], permutations: int, *, seed: int
) -> AssociationMap:
    """Group the most variable genes into modules and test each against every feature.

    Parameters
    ----------
    expression, features
        (patients, genes) and (patients, features) of the same patients.
    settings
        The mapping `radiogenomics.modules`.
    permutations
        As `significant_under_permutation`.
    seed
        Seed of the permutations.
    """
    variable = expression.var().nlargest(settings["most_variable"]).index
    expression = expression.loc[:, expression.columns.isin(variable)]
    modules = gene_modules(expression.to_numpy(), list(expression), settings["number"], settings["smallest"])
    activity = module_activity(expression, modules)
    alarms = significant_under_permutation(activity, features, permutations, seed)
    return AssociationMap(associate(activity, features), modules, alarms)


def significant_under_permutation(
    activity: pd.DataFrame, features: pd.DataFrame, permutations: int, seed: int
) -> float:
    """Share of permutations of the patients in which any pair has a q-value of at most 0.05.

    Modules and features keep their correlations among themselves, so this is the false alarm rate of the whole map.
    """
    rng = np.random.default_rng(seed)
    alarms = 0
    for _ in range(permutations):
        shuffled = features.iloc[rng.permutation(len(features))].set_axis(features.index)
        alarms += associate(activity, shuffled)["q_value"].min() <= ALPHA
    return alarms / permutations
