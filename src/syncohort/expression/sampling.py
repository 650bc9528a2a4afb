"""Synthetic samples from a fitted generator, on the scale of the real cohort."""

from typing import Any

import anndata
import numpy as np
import pandas as pd

from syncohort.core.cohort import make_cohort, scale_of
from syncohort.core.errors import InputError
from syncohort.expression.generator import FittedGenerator


def choose_covariates(
    samples: pd.DataFrame, number: int | None, fixed: dict[str, Any], rng: np.random.Generator
) -> pd.DataFrame:
    """Choose the covariates of synthetic samples from those of real ones.

    Parameters
    ----------
    samples
        (samples, covariates) of the real cohort.
    number
        Synthetic samples wanted; None for as many as there are real ones.
    fixed
        Covariates that every synthetic sample has. The others are drawn, together, from the real samples that
        agree with the fixed categorical ones. Without any and without a number the real rows are taken as they are.
    rng
        Source of the draw.

    Returns
    -------
    DataFrame
        (number, covariates).

    Raises
    ------
    InputError
        When no real sample has the fixed values, for then the generator has never seen their like.
    """
    if number is None and not fixed:
        return samples.reset_index(drop=True)
    fitting = samples
    for name, value in fixed.items():
        if not pd.api.types.is_numeric_dtype(samples[name]):
            fitting = fitting[fitting[name].astype(str) == str(value)]
            if fitting.empty:
                raise InputError(
                    f"expression.sample.covariates asks for {name} {value!r}, which no real sample has together with "
                    f"the values before it; the cohort has {', '.join(sorted(samples[name].astype(str).unique()))}."
                )
    rows = rng.integers(len(fitting), size=len(samples) if number is None else number)
    return fitting.iloc[rows].reset_index(drop=True).assign(**fixed)


def counterparts(held_out: pd.DataFrame, draws: int) -> pd.DataFrame:
    """Repeat the covariates of held-out samples for `draws` synthetic counterparts of the fold, numbered in `draw`."""
    return pd.concat([held_out.assign(draw=draw) for draw in range(draws)], ignore_index=True)


def sample_cohort(
    generator: FittedGenerator,
    covariates: pd.DataFrame,
    like: anndata.AnnData,
    *,
    seed: int,
    provenance: dict[str, Any],
) -> anndata.AnnData:
    """Draw a synthetic cohort in the cohort contract.

    Parameters
    ----------
    generator
        The fitted generator.
    covariates
        (samples, covariates) of the synthetic samples.
    like
        The real cohort, for its scale and the annotation of its genes.
    seed
        Seed of the noise.
    provenance
        Record to keep in the file.

    Returns
    -------
    AnnData
        (samples, selected genes); every synthetic sample is a patient of its own.
    """
    values = generator.sample(covariates, seed)
    width = len(str(len(covariates)))
    names = [f"SYN{number:0{width}d}" for number in range(1, len(covariates) + 1)]
    samples = covariates.set_axis(pd.Index(names, name="sample_id"))
    samples.insert(0, "patient_id", names)
    return make_cohort(values, samples, like.var.loc[list(generator.genes)], scale_of(like), provenance)


def synthetic_table(cohort: anndata.AnnData) -> pd.DataFrame:
    """Give a synthetic cohort as one table for people: sample, covariates, then one column per gene."""
    expression = pd.DataFrame(cohort.X, index=cohort.obs_names, columns=cohort.var_names)
    return cohort.obs.astype(object).join(expression).reset_index()
