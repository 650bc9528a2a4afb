"""What a generator of the right family can reach with a given number of samples.

Run: python benchmarks/sample_limit.py results/<cohort>/expression/<selection>/fold0/normalised.h5ad \\
         --categorical tissue dataset

The distribution that the generator `normal` finds in the samples is taken as the truth. As many samples as there are,
and several times as many, are drawn from it; `normal` is fitted to them and judged against others. What it lacks there
beside the truth itself is the price of estimation: no wrong assumption is left that could be mended.
"""

import argparse
import sys
from pathlib import Path

import anndata
import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from ablation import Draw, Judges

from syncohort.core.splits import TRAIN, VALIDATION
from syncohort.expression.covariates import CovariateEncoder, cohort_levels
from syncohort.expression.generators import normal

SETTINGS = {"shrinkage": "ledoit_wolf", "smallest_class": 10}
TIMES, TEST_TIMES, SEEDS = (1, 2, 4), 2, 3
SHOWN = ("gamma_distances", "precision", "recall", "variance_ratio", "two_sample_trees", "tstr", "membership_distance")


def drawn_samples(truth: dict, samples: pd.DataFrame, times: int, encoder: CovariateEncoder, seed: int):
    """Draw `times` samples for each that is given, and others to judge by, as an AnnData with their roles."""
    copies = [samples.assign(role=TRAIN)] * times + [samples[samples["role"] == VALIDATION]] * TEST_TIMES
    table = pd.concat(copies, ignore_index=True)
    table.index = [f"S{number}" for number in range(len(table))]
    table["patient_id"] = table.index
    return anndata.AnnData(normal.sample(truth, encoder.encode(table), SETTINGS, seed).astype(np.float32), obs=table)


def drawing(weights: dict) -> Draw:
    """Give the function by which the judges get samples."""
    return lambda conditions, seed: normal.sample(weights, conditions, SETTINGS, seed)


def main() -> None:
    """Print a row for the truth and for what is fitted to samples drawn from it, for each number of these."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("normalised", type=Path)
    parser.add_argument("--categorical", nargs="*", default=[])
    arguments = parser.parse_args()
    given = anndata.read_h5ad(arguments.normalised)
    encoder = CovariateEncoder.fit(given.obs, cohort_levels(given.obs, arguments.categorical), [])
    truth = normal.fit(np.asarray(given.X, dtype=np.float32), encoder.encode(given.obs), SETTINGS, 0)
    for times in TIMES:
        rows = {"truth": [], "fitted": []}
        for seed in range(1, SEEDS + 1):
            patients = drawn_samples(truth, given.obs, times, encoder, seed)
            judges = Judges(patients, encoder, arguments.categorical)
            train = patients[(patients.obs["role"] == TRAIN).to_numpy()]
            fitted = normal.fit(np.asarray(train.X), encoder.encode(train.obs), SETTINGS, 0)
            for name, weights in (("truth", truth), ("fitted", fitted)):
                rows[name].append(judges.score(drawing(weights)))
        for name, scores in rows.items():
            table = pd.DataFrame(scores)
            shown = " ".join(f"{key} {table[key].mean():.3f}±{table[key].std():.3f}" for key in SHOWN)
            print(f"{times * len(given)} samples, {name:6} {shown}", flush=True)


if __name__ == "__main__":
    main()
