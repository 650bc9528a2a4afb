"""Does the expression steer the tiles? Own profiles against shuffled and zeroed ones, on held-out patients."""

import numpy as np
import pandas as pd

from syncohort.histology.tile_sides import OWN, ZEROED, Side

# What of a tile's measurements the expression may steer.
MEASURES = ["cell_density", "nuclear_area", "haematoxylin", "eosin"]
SHUFFLED = "shuffled"
PERMUTATIONS = 1000
# Of the planted truth: what is measured → the trait.
PLANTED = {"cell_density": "cell_density", "nuclear_area": "nuclear_radius", "haematoxylin": "haematoxylin"}
REAL_TILES, PROGRAMME = "real tiles", "planted programme"
COLUMNS = ["measure", "against", "profile", "correlation", "ci_low", "ci_high", "p_value", "slides"]


def prove_steering(sides: dict[str, Side], real: Side, planted: pd.DataFrame | None, seed: int) -> pd.DataFrame:
    """Correlate what is measured in the synthetic tiles of slides with what their patients have.

    Parameters
    ----------
    sides
        `own` and `zeroed` → synthetic tiles of the held-out slides, told their own profile or the mean one.
    real
        Real tiles of these slides.
    planted
        The table of simulated slides, by `slide_id`; None for measured ones.
    seed
        Seed of the permutations.

    Returns
    -------
    DataFrame
        `COLUMNS`: per measure, against the `real tiles` of the slide or the `planted programme`, and per profile the
        correlation over slides with its interval (Fisher's z). `own` has the one-sided p-value of a permutation test.
        Of `shuffled` profiles, by which slides exchange their tiles, it is the mean of the permutations and their
        central 95 %. `zeroed` profiles leave noise, and none where tiles do not differ at all.
    """
    rng = np.random.default_rng(seed)
    means = {profile: side.by_slide() for profile, side in sides.items()}
    found = real.by_slide()
    rows = []
    for measure in MEASURES:
        targets = {REAL_TILES: found[measure]}
        if planted is not None and measure in PLANTED:
            targets[PROGRAMME] = planted.set_index("slide_id")[f"activity_{PLANTED[measure]}"]
        for against, target in targets.items():
            truth = target.loc[found.index].to_numpy(dtype=float)
            shared = {"measure": measure, "against": against, "slides": len(truth)}
            own = means[OWN].loc[found.index, measure].to_numpy()
            permuted = np.array([correlation(rng.permutation(own), truth) for _ in range(PERMUTATIONS)])
            value = correlation(own, truth)
            p_value = (1 + (permuted >= value).sum()) / (1 + PERMUTATIONS)
            rows.append({**shared, "profile": OWN, **with_interval(value, len(truth)), "p_value": p_value})
            low, high = np.quantile(permuted, (0.025, 0.975))
            shuffled = {"correlation": permuted.mean(), "ci_low": low, "ci_high": high}
            rows.append({**shared, "profile": SHUFFLED, **shuffled})
            zeroed = correlation(means[ZEROED].loc[found.index, measure].to_numpy(), truth)
            rows.append({**shared, "profile": ZEROED, **with_interval(zeroed, len(truth))})
    return pd.DataFrame(rows, columns=COLUMNS)


def correlation(one: np.ndarray, other: np.ndarray) -> float:
    """Pearson correlation; 0 where one of them does not vary, for then it follows nothing."""
    if one.std() < 1e-12 or other.std() < 1e-12:
        return 0.0
    return float(np.corrcoef(one, other)[0, 1])


def with_interval(value: float, number: int) -> dict[str, float]:
    """Give a correlation with its 95 % interval by Fisher's z; without one below four slides."""
    if number < 4:
        return {"correlation": value, "ci_low": np.nan, "ci_high": np.nan}
    margin = 1.959964 / np.sqrt(number - 3)
    low, high = np.tanh(np.arctanh(np.clip(value, -1 + 1e-12, 1 - 1e-12)) + np.array([-margin, margin]))
    return {"correlation": value, "ci_low": float(low), "ci_high": float(high)}
