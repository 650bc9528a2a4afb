"""The choice of a network's learning rate and its decay: the grid, the choice, and the table of both."""

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

import pandas as pd

from syncohort.radiogenomics.fold import PAPER

# Setting that lists the values to choose from → the setting that training takes.
AXES = {"learning_rates": "learning_rate", "decays": "decay"}
POINT = list(AXES.values())
# Name of the autoencoder among the models searched.
AUTOENCODER = "autoencoder"


def grid(settings: Mapping[str, Any]) -> list[dict[str, float]]:
    """Give all points of the grid that settings name, such as `{"learning_rate": 0.3, "decay": 0.00005}`.

    A kind of network without such settings has a single point, which is empty.
    """
    axes = {name: settings[key] for key, name in AXES.items() if key in settings}
    return [dict(zip(axes, values, strict=True)) for values in product(*axes.values())]


def choose_point(searches: Sequence[pd.DataFrame], settings: Mapping[str, Any]) -> dict[str, float]:
    """Choose the point with the least mean error, of equal ones the first.

    Parameters
    ----------
    searches
        Tables of the searches that decide together: `learning_rate`, `decay`, `error`; none, or empty ones, where there
        is nothing to choose.
    settings
        Settings that name the grid.
    """
    tried = [table for table in searches if len(table)]
    if not tried:
        return grid(settings)[0]
    means = pd.concat(tried).groupby(POINT, sort=False)["error"].mean()
    return dict(zip(POINT, map(float, means.idxmin()), strict=True))


def summarise_searches(searches: Sequence[pd.DataFrame], protocol: str) -> pd.DataFrame:
    """Join the searches of all models and folds, and mark what was chosen.

    Parameters
    ----------
    searches
        A table per model and fold, of `try_points`, with `model` and `split`; the autoencoder's among them.
    protocol
        `strict`: every fold chooses for itself. `paper`: networks choose once, by the mean over all folds, whose errors
        are those of the held-out patients; the autoencoder in every fold.

    Returns
    -------
    DataFrame
        `model`, `split`, `learning_rate`, `decay`, `error` (mean), `trainings` (of which it is the mean), `chosen`.
    """
    tried = [table for table in searches if len(table)]
    if not tried:
        return pd.DataFrame(columns=["model", "split", *POINT, "error", "trainings", "chosen"])
    parts = []
    for model, tables in pd.concat(tried).groupby("model", sort=False):
        for _, part in tables.groupby("split", sort=False):
            deciding = tables if protocol == PAPER and model != AUTOENCODER else part
            chosen = pd.Series(choose_point([deciding], {}))
            table = part.groupby(["model", "split", *POINT], sort=False)["error"].agg(error="mean", trainings="size")
            table = table.reset_index()
            parts.append(table.assign(chosen=(table[POINT] == chosen).all(axis=1)))
    return pd.concat(parts, ignore_index=True)
