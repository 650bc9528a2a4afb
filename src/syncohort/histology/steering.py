"""Does the expression steer the tiles? Own profiles against swapped, shuffled and zeroed ones, on held-out patients."""

from typing import Protocol

import numpy as np
import pandas as pd

# What of a tile's measurements the expression may steer.
MEASURES = ["cell_density", "nuclear_area", "haematoxylin", "eosin"]
# Profiles that tiles are told, and what they are held against: `donor` is the patient whose profile was swapped in.
OWN, SWAPPED, DONOR, SHUFFLED, ZEROED, REAL = "own", "swapped", "donor", "shuffled", "zeroed", "real"
PERMUTATIONS = 1000
# Of the planted truth: what is measured → the trait.
PLANTED = {"cell_density": "cell_density", "nuclear_area": "nuclear_radius", "haematoxylin": "haematoxylin"}
REAL_TILES, PROGRAMME = "real tiles", "planted programme"
COLUMNS = ["measure", "against", "profile", "correlation", "ci_low", "ci_high", "p_value", "slides"]


class Measured(Protocol):
    """Tiles of some slides, of which the mean measurements of every slide are known."""

    def by_slide(self) -> pd.DataFrame:
        """Mean measurements of every slide."""


def prove_steering(
    sides: dict[str, Measured], real: Measured, donors: pd.Series, planted: pd.DataFrame | None, seed: int
) -> pd.DataFrame:
    """Correlate what is measured in the synthetic tiles of slides with what their patients have.

    Parameters
    ----------
    sides
        `own`, `swapped` and `zeroed` → synthetic tiles of the held-out slides, told their own profile, that of their
        donor or the mean one, with the same noise.
    real
        Real tiles of these slides.
    donors
        Slide → slide whose profile it was told where profiles are swapped.
    planted
        The table of simulated slides, by `slide_id`; None for measured ones.
    seed
        Seed of the permutations.

    Returns
    -------
    DataFrame
        `COLUMNS`: per measure, against the `real tiles` of the slide or the `planted programme`, and per profile the
        correlation over slides with its interval (Fisher's z). `own` is what tiles are for. Tiles told a `swapped`
        profile must not follow the slide, but the `donor`. These three have the one-sided p-value of a permutation
        test. Of `shuffled` profiles, by which slides exchange their tiles, it is the mean of the permutations and
        their central 95 %. `zeroed` profiles leave noise, and no correlation where tiles do not differ at all. `real`
        says how well real tiles themselves show the programme, which no generator can be expected to exceed.
    """
    rng = np.random.default_rng(seed)
    means = {profile: side.by_slide() for profile, side in sides.items()}
    found = real.by_slide()
    slides = found.index
    rows = []
    for measure in MEASURES:
        targets = {REAL_TILES: found[measure]}
        if planted is not None and measure in PLANTED:
            targets[PROGRAMME] = planted.set_index("slide_id")[f"activity_{PLANTED[measure]}"]
        made = {profile: mean.loc[slides, measure].to_numpy() for profile, mean in means.items()}
        for against, target in targets.items():
            truth = target.loc[slides].to_numpy(dtype=float)
            of_donor = target.loc[donors.loc[slides]].to_numpy(dtype=float)
            pairs = {OWN: (made[OWN], truth), SWAPPED: (made[SWAPPED], truth), DONOR: (made[SWAPPED], of_donor)}
            if against == PROGRAMME:
                pairs[REAL] = (found[measure].to_numpy(), truth)
            shared = {"measure": measure, "against": against, "slides": len(truth)}
            for profile, (one, other) in pairs.items():
                value, permuted = correlation(one, other), permuted_correlations(one, other, rng)
                p_value = (1 + (permuted >= value).sum()) / (1 + PERMUTATIONS)
                rows.append({**shared, "profile": profile, **with_interval(value, len(truth)), "p_value": p_value})
                if profile == OWN:
                    low, high = np.quantile(permuted, (0.025, 0.975))
                    shuffled = {"correlation": permuted.mean(), "ci_low": low, "ci_high": high}
            rows.append({**shared, "profile": SHUFFLED, **shuffled})
            zeroed = with_interval(correlation(made[ZEROED], truth), len(truth))
            rows.append({**shared, "profile": ZEROED, **zeroed})
    return pd.DataFrame(rows, columns=COLUMNS)


def correlation(one: np.ndarray, other: np.ndarray) -> float:
    """Pearson correlation; 0 where one of them does not vary, for then it follows nothing."""
    if one.std() < 1e-12 or other.std() < 1e-12:
        return 0.0
    return float(np.corrcoef(one, other)[0, 1])


def permuted_correlations(one: np.ndarray, other: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Correlations (PERMUTATIONS,) with the order of `one` permuted."""
    return np.array([correlation(rng.permutation(one), other) for _ in range(PERMUTATIONS)])


def with_interval(value: float, number: int) -> dict[str, float]:
    """Give a correlation with its 95 % interval by Fisher's z; without one below four slides."""
    if number < 4:
        return {"correlation": value, "ci_low": np.nan, "ci_high": np.nan}
    margin = 1.959964 / np.sqrt(number - 3)
    low, high = np.tanh(np.arctanh(np.clip(value, -1 + 1e-12, 1 - 1e-12)) + np.array([-margin, margin]))
    return {"correlation": value, "ci_low": float(low), "ci_high": float(high)}
