"""Traits of simulated tumours and slides that follow the expression of planted gene modules, one module each."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from syncohort.core.errors import InputError

# Standard deviations at which a trait is cut off, so that no tumour is monstrous.
MOST = 2.5


@dataclass(frozen=True)
class PlantedTraits:
    """Traits, and what they follow.

    Parameters
    ----------
    values
        (samples, traits) in standard deviations, between −2.5 and 2.5.
    activity
        (samples, traits) standardised activity of the module that a trait follows.
    truth
        `trait`, `module` whose mean expression it follows, `correlation`.
    """

    values: pd.DataFrame
    activity: pd.DataFrame
    truth: pd.DataFrame


def plant_traits(
    log: pd.DataFrame,
    modules: dict[str, list[str]],
    traits: Sequence[str],
    correlation: float,
    rng: np.random.Generator,
    key: str,
    groups: pd.Series | None = None,
) -> PlantedTraits:
    """Draw traits, each r a + √(1 − r²) e: a the sample's standardised module activity, e noise.

    Parameters
    ----------
    log
        Log expression, samples × genes.
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
    groups
        Group of each sample, such as its tissue, among which its activity is standardised; None for all samples.

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
    groups = pd.Series("all", log.index) if groups is None else groups
    followed, activity, drawn = dict(zip(traits, modules, strict=False)), {}, {}
    for trait, module in followed.items():
        activity[trait] = log[modules[module]].mean(axis=1).groupby(groups).transform(_standardise)
        noise = rng.normal(size=len(log))
        drawn[trait] = (correlation * activity[trait] + np.sqrt(1 - correlation**2) * noise).clip(-MOST, MOST)
    truth = pd.DataFrame({"trait": list(followed), "module": list(followed.values()), "correlation": correlation})
    return PlantedTraits(pd.DataFrame(drawn, log.index), pd.DataFrame(activity, log.index), truth)


def _standardise(values: pd.Series) -> pd.Series:
    """Standardise; a single sample of its group is average."""
    return (values - values.mean()) / max(values.std(ddof=0), 1e-9)
