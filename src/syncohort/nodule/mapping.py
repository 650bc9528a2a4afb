"""Map patients by their genes, by principal components of these, and by the gene code that a generator has learnt."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from syncohort.core.splits import TEST, roles_of_patients
from syncohort.nodule.features import FEATURES, patient_means
from syncohort.nodule.genes import paired_profiles
from syncohort.nodule.radiogenomic_map import (
    CLINICAL,
    CODE,
    COMPONENTS,
    GENES,
    IMAGE,
    RadiogenomicMap,
    describe_variables,
    judge_spaces,
    lay_out_spaces,
)
from syncohort.nodule.slices import Slices, require_nodules
from syncohort.nodule.trained_generator import TrainedGenerator, encode
from syncohort.realism.principal import Projection


def map_patients(
    generator: TrainedGenerator,
    slices: Slices,
    expression: pd.DataFrame,
    labels: pd.DataFrame,
    splits: pd.DataFrame,
    split: str,
    *,
    layouts: Sequence[str],
    permutations: int,
    seed: int,
) -> RadiogenomicMap:
    """Map all patients with CT and expression, and judge the spaces on held-out ones.

    Parameters
    ----------
    generator
        A generator that was trained on the split.
    slices
        Slices of all patients.
    expression, labels
        (patients, genes) log expression and (patients, labels).
    splits, split
        The table of splits, and which it is.
    layouts
        As `lay_out_spaces`.
    permutations
        Permutations behind each p-value.
    seed
        Seed of layouts and permutations.

    Raises
    ------
    InputError
        When no patient has both nodule and expression.
    """
    real = require_nodules(slices, "paired")
    profiles = paired_profiles(real.patients, expression, "paired", 1)
    roles = roles_of_patients(profiles.index.to_series(), splits, split)
    held_out = (roles == TEST).to_numpy()
    spaces = gene_spaces(generator, profiles, held_out)
    features = pd.DataFrame(patient_means(real, profiles.index), profiles.index, FEATURES)
    labels = labels.reindex(profiles.index)
    described = [*describe_variables(features, IMAGE), *describe_variables(labels, CLINICAL)]
    variables = pd.concat(described, ignore_index=True)
    judged = {name: places[held_out] for name, places in spaces.items()}
    return RadiogenomicMap(
        places=lay_out_spaces(spaces, roles, layouts, seed),
        variables=variables,
        separability=judge_spaces(judged, variables, permutations, seed),
    )


def gene_spaces(generator: TrainedGenerator, profiles: pd.DataFrame, held_out: np.ndarray) -> dict[str, pd.DataFrame]:
    """Give the patients' places in every space of `SPACES`.

    Parameters
    ----------
    generator
        A trained generator.
    profiles
        (patients, genes) log expression.
    held_out
        (patients,) whether the generator has not seen them; the principal components are those of the others.

    Returns
    -------
    dict
        Name → (patients, dimensions): the generator's genes as it scales them, without projection; as many of their
        principal components as the code has numbers, or as there are; and the code.
    """
    genes = generator.scale.standardise(profiles)
    spaces = {
        GENES: genes,
        COMPONENTS: Projection.fit(genes[~held_out], generator.size.code)(genes),
        CODE: encode(generator.network(), generator.profiles(profiles)).astype(np.float64),
    }
    return {name: pd.DataFrame(values, profiles.index) for name, values in spaces.items()}
