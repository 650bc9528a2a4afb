"""CPU time until a training reaches the published quality: γ(D) on the validation patients at the end of `thesis`.

Run: python benchmarks/time_to_quality.py results/<cohort>/expression/<selection>/fold0/normalised.h5ad \\
         --categorical condition

The preset `thesis` is trained until it stops, and its best γ(D) is what `default` is to reach. Its step is as fast as
that of the plain published loop (`benchmark_training.py`).
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

import anndata
import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from syncohort.core.defaults import with_defaults
from syncohort.core.kinds import load_kind
from syncohort.core.schema import read_schema, with_kinds
from syncohort.expression.covariates import CovariateEncoder, cohort_levels
from syncohort.expression.training import train_generator
from syncohort.training.job import Job

# Both are looked at by the same measure; `default` often, for it may be there at once.
MODELS = {
    "thesis": {"preset": "thesis", "monitor": "gamma"},
    "default": {"preset": "default", "monitor": "gamma", "smoothing": 0, "validate_every": 5, "max_steps": 200},
}


def train(normalised: anndata.AnnData, levels: dict, numeric: list[str], settings: dict, seed: int) -> pd.DataFrame:
    """Course of a training: `step`, `gamma` (the best so far) and `seconds` of CPU time until then."""
    started = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        job = Job(seed, Path(folder), checkpoint_seconds=1e9)
        _, trained = train_generator(normalised, levels, numeric, settings, "", job)
    seconds = time.process_time() - started
    started = time.process_time()
    conditions = CovariateEncoder.fit(normalised.obs, levels, numeric).encode(normalised.obs)
    load_kind("wgan-gp", "expression").fit(np.asarray(normalised.X, dtype=np.float32), conditions, settings, seed)
    estimate = time.process_time() - started
    step = trained.history["step"]
    # What a training starts from is estimated before its first step, and again after its last.
    until = estimate + (seconds - 2 * estimate) * step / step.max()
    return pd.DataFrame(
        {"step": step, "gamma": np.maximum.accumulate(1 - trained.history["monitor"]), "seconds": until}
    )


def main() -> None:
    """Print the quality of `thesis`, and when each preset first reached it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("normalised", type=Path)
    parser.add_argument("--categorical", nargs="*", default=[])
    parser.add_argument("--numeric", nargs="*", default=[])
    parser.add_argument("--seeds", type=int, default=1)
    arguments = parser.parse_args()
    normalised = anndata.read_h5ad(arguments.normalised)
    levels = cohort_levels(normalised.obs, arguments.categorical)
    given = {"source": {}, "expression": {"models": MODELS}}
    models = with_defaults(given, with_kinds(read_schema("cohort"), given))["expression"]["models"]
    for seed in range(1, arguments.seeds + 1):
        courses = {name: train(normalised, levels, arguments.numeric, models[name], seed) for name in MODELS}
        target = courses["thesis"]["gamma"].max()
        print(f"seed {seed}: thesis reaches γ(D) = {target:.4f} on {normalised.n_vars:,} genes")
        for name, course in courses.items():
            reached = course[course["gamma"] >= target]
            if reached.empty:
                print(f"  {name}: {course['gamma'].max():.4f} at best, in {course['seconds'].max():.0f} s", flush=True)
            else:
                first = reached.iloc[0]
                print(f"  {name}: after {first['step']:.0f} steps, {first['seconds']:.1f} s", flush=True)


if __name__ == "__main__":
    main()
