"""Traits of simulated tumours that follow the expression of planted gene modules, one module each."""

from collections.abc import Sequence

import anndata
import numpy as np
import pandas as pd

from syncohort.core.cohort import tumour_expression
from syncohort.core.errors import InputError

# Standard deviations at which a trait is cut off, so that no tumour is monstrous.
MOST = 2.5


def plant_traits(
    cohort: anndata.AnnData,
    modules: dict[str, list[str]],
    traits: Sequence[str],
    correlation: float,
    rng: np.random.Generator,
    key: str,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Draw traits, each r a + √(1 − r²) e: a the patient's standardised module activity in the tumour, e noise.

    Parameters
    ----------
    cohort
        The simulated expression cohort.
    modules
        Name → genes, in the order of the traits.
    traits
        Names of the traits.
    correlation
        r, from 0 to 1.
    rng
        Source of the noise.
    key
        The setting that asks for it, for errors.

    Returns
    -------
    traits
        (patients, traits) in standard deviations, between −2.5 and 2.5.
    truth
        `trait`, `module` whose mean expression it follows, `correlation`.

    Raises
    ------
    InputError
        When the cohort has fewer modules than there are traits.
    """
    if len(modules) < len(traits):
        raise InputError(
            f"{key} plants {len(traits)} associations, each with a module of its own, and source.simulated.modules is "
            f"{len(modules)}. Raise it to {len(traits)} or more."
        )
    log = tumour_expression(cohort)
    followed, drawn = dict(zip(traits, modules, strict=False)), {}
    for trait, module in followed.items():
        activity = log[modules[module]].mean(axis=1)
        activity = (activity - activity.mean()) / activity.std(ddof=0)
        noise = rng.normal(size=len(log))
        drawn[trait] = (correlation * activity + np.sqrt(1 - correlation**2) * noise).clip(-MOST, MOST)
    truth = pd.DataFrame({"trait": list(followed), "module": list(followed.values()), "correlation": correlation})
    return pd.DataFrame(drawn, index=log.index), truth
