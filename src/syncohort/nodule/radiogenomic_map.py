"""The radiogenomic map: patients by genes and by learnt code, in a plane, and how far held-out ones are separated."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from syncohort.core.seeding import derive_seed
from syncohort.core.splits import TEST
from syncohort.realism.dependence import FEWEST, separate
from syncohort.realism.distances import euclidean
from syncohort.realism.layout import lay_out

GENES, COMPONENTS, CODE = "genes", "principal components", "gene code"
SPACES = (GENES, COMPONENTS, CODE)
IMAGE, CLINICAL = "image feature", "clinical label"
CONTINUOUS, CATEGORICAL = "continuous", "categorical"
# Numbers of so few different values are categories; a category of fewer patients is no group.
MOST_CATEGORIES, SMALLEST_GROUP = 6, 2
# A space separates by a variable at this false discovery rate.
FALSE_DISCOVERY_RATE = 0.05


@dataclass(frozen=True, eq=False)
class RadiogenomicMap:
    """What was found.

    Parameters
    ----------
    places
        A row per space, layout and patient: `space`, `layout`, `patient_id`, `role`, `x`, `y`.
    variables
        A row per variable and patient for whom it is known: `kind` (`image feature` or `clinical label`), `variable`,
        `scale` (`continuous` or `categorical`), `patient_id`, `value`.
    separability
        The table of `judge_spaces`.
    """

    places: pd.DataFrame
    variables: pd.DataFrame
    separability: pd.DataFrame


def describe_variables(table: pd.DataFrame, kind: str) -> Iterator[pd.DataFrame]:
    """Turn (patients, variables) into the parts of `RadiogenomicMap.variables`; numbers are told from categories."""
    for name in table:
        known = table[name].replace("", np.nan).dropna()
        numbers = pd.to_numeric(known, errors="coerce")
        continuous = numbers.notna().all() and numbers.nunique() > MOST_CATEGORIES
        described = {"kind": kind, "variable": name, "scale": CONTINUOUS if continuous else CATEGORICAL}
        if len(known):
            values = numbers.astype(float) if continuous else known.astype(str)
            yield pd.DataFrame({**described, "patient_id": known.index, "value": values.astype(object)})


def lay_out_spaces(
    spaces: Mapping[str, pd.DataFrame], roles: pd.Series, layouts: Sequence[str], seed: int
) -> pd.DataFrame:
    """Lay every space out in a plane.

    Parameters
    ----------
    spaces
        Name → (patients, dimensions).
    roles
        (patients,) roles in the split.
    layouts
        `t-SNE`, which lays out all patients together, and `UMAP`, which is fitted without the held-out ones.
    seed
        Seed of the layouts.

    Returns
    -------
    DataFrame
        `RadiogenomicMap.places`.
    """
    held_out = (roles == TEST).to_numpy()
    tables = []
    for layout in layouts:
        for space, places in spaces.items():
            x, y = lay_out(layout, places.to_numpy(), held_out, derive_seed(seed, layout)).T
            who = {"patient_id": places.index, "role": roles.to_numpy()}
            tables.append(pd.DataFrame({"space": space, "layout": layout, **who, "x": x, "y": y}))
    return pd.concat(tables, ignore_index=True)


def judge_spaces(
    spaces: Mapping[str, pd.DataFrame], variables: pd.DataFrame, permutations: int, seed: int
) -> pd.DataFrame:
    """Judge how far distances in each space go with each variable.

    Parameters
    ----------
    spaces
        Name → (patients, dimensions) of the patients to judge by.
    variables
        As in `RadiogenomicMap`; those of other patients do not count.
    permutations, seed
        Permutations behind each p-value, and their seed.

    Returns
    -------
    DataFrame
        `space`, `kind`, `variable`, `scale`, `patients` for whom it is known; `score`, `null_high` and `p_value` of
        `separate`, with Euclidean distances in the space and, of a variable, absolute differences of numbers or 0
        within and 1 between categories; `q_value` by Benjamini and Hochberg over all rows. Categories of a single
        patient do not count; scores are empty where fewer than 4 patients or fewer than 2 values are left.
    """
    rows = []
    for (kind, variable, scale), part in variables.groupby(["kind", "variable", "scale"], sort=False):
        for name, places in spaces.items():
            values = part.set_index("patient_id")["value"].reindex(places.index).dropna()
            if scale == CATEGORICAL:
                values = values[values.map(values.value_counts()) >= SMALLEST_GROUP]
            row = {"space": name, "kind": kind, "variable": variable, "scale": scale, "patients": len(values)}
            if len(values) >= FEWEST:
                there = places.loc[values.index].to_numpy()
                rng = np.random.default_rng(derive_seed(seed, f"{kind}/{variable}"))
                found = separate(euclidean(there, there), _differences(values, scale), permutations, rng)
                row |= {"score": found.score, "null_high": found.null_high, "p_value": found.p_value}
            rows.append(row)
    columns = ["space", "kind", "variable", "scale", "patients", "score", "null_high", "p_value", "q_value"]
    table = pd.DataFrame(rows, columns=columns)
    tested = table["p_value"].notna()
    table.loc[tested, "q_value"] = stats.false_discovery_control(table.loc[tested, "p_value"].astype(float))
    return table


def _differences(values: pd.Series, scale: str) -> np.ndarray:
    """(patients, patients) differences of a variable."""
    if scale == CATEGORICAL:
        return (values.to_numpy()[:, None] != values.to_numpy()).astype(np.float64)
    numbers = values.to_numpy(dtype=np.float64)
    return np.abs(numbers[:, None] - numbers)
