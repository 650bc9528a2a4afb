"""What the scores of segmentation networks come to: means with intervals, and each training set beside the real one."""

import numpy as np
import pandas as pd

from syncohort.core.naming import REAL
from syncohort.realism.intervals import bootstrap_interval
from syncohort.sources.volumes.labels import REGIONS


def summarise_scores(scores: pd.DataFrame, seed: int, reference: str = REAL) -> pd.DataFrame:
    """Sum up the scores of real test subjects, each training set beside the one it should be compared with.

    Repeats and examinations of a patient are averaged first, and patients are drawn for the intervals: they are what a
    cohort is a sample of. Differences are taken patient by patient.

    Parameters
    ----------
    scores
        The table of `score_segmenters`.
    seed
        Seed of the bootstrap.
    reference
        The training set that the others are compared with, one of those in the table.

    Returns
    -------
    DataFrame
        A row per training set and region: `dice` with `ci_low` and `ci_high`; `ratio` to that of the reference;
        `difference` to it with `difference_low` and `difference_high`; `repeat_deviation`, the standard deviation of
        the Dice between repeats; `hd95` (mm) with `hd95_low` and `hd95_high`; `patients`, `repeats`.
    """
    rng = np.random.default_rng(seed)
    patients = scores.groupby(["training_set", "region", "patient_id"])[["dice", "hd95"]].mean()
    repeats = scores.groupby(["training_set", "region", "repeat"])["dice"].mean()
    rows = []
    for training_set in scores["training_set"].drop_duplicates():
        for region in REGIONS:
            mine, other = patients.loc[training_set, region], patients.loc[reference, region]
            mean, low, high = bootstrap_interval(mine["dice"], rng)
            difference = bootstrap_interval(mine["dice"] - other["dice"], rng)
            distance = bootstrap_interval(mine["hd95"], rng)
            rows.append(
                {
                    "training_set": training_set,
                    "region": region,
                    **dict(zip(("dice", "ci_low", "ci_high"), (mean, low, high), strict=True)),
                    "ratio": mean / other["dice"].mean() if other["dice"].mean() else np.nan,
                    **dict(zip(("difference", "difference_low", "difference_high"), difference, strict=True)),
                    "repeat_deviation": repeats.loc[training_set, region].std(),
                    **dict(zip(("hd95", "hd95_low", "hd95_high"), distance, strict=True)),
                    "patients": len(mine),
                    "repeats": len(repeats.loc[training_set, region]),
                }
            )
    return pd.DataFrame(rows)
