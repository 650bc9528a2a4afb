"""The elastic-net grid of a feature by paths against one scikit-learn fit per point of the grid.

Run: python benchmarks/benchmark_elastic_net.py. Fits take long, so every twentieth point is fitted and the time is
taken twenty times; paths are timed whole. Both ways have the same data and tolerance, and what they find is compared.
"""

import sys
import time
import warnings
from pathlib import Path

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import ElasticNet

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from syncohort.radiogenomics.predictors.elastic_net import coefficient_path, penalty_grid

PATIENTS, GENES = 98, 4000
L1_RATIOS = (0.05, 0.25, 0.5, 0.75, 1.0)
SETTINGS = {"penalties": 400, "smallest_penalty": 0.001}
EVERY = 20


def main() -> None:
    """Print times, their ratio, and how far the coefficients are apart."""
    warnings.simplefilter("ignore", ConvergenceWarning)
    rng = np.random.default_rng(0)
    expression = rng.uniform(-0.5, 0.5, (PATIENTS, GENES))
    target = expression[:, :20].sum(axis=1) + 0.3 * rng.normal(size=PATIENTS)
    ours = single = 0.0
    difference = 0.0
    for l1_ratio in L1_RATIOS:
        penalties = penalty_grid(expression, target, l1_ratio, SETTINGS)
        start = time.perf_counter()
        path = coefficient_path(expression, target, l1_ratio, penalties)
        ours += time.perf_counter() - start
        start = time.perf_counter()
        fits = [ElasticNet(alpha=penalty, l1_ratio=l1_ratio, max_iter=2000) for penalty in penalties[::EVERY]]
        fits = [fit.fit(expression, target) for fit in fits]
        single += EVERY * (time.perf_counter() - start)
        predicted = np.stack([fit.predict(expression) for fit in fits], axis=1)
        found = target.mean() + (expression - expression.mean(axis=0)) @ path[:, ::EVERY]
        difference = max(difference, float(np.abs(predicted - found).max()))
    points = len(L1_RATIOS) * SETTINGS["penalties"]
    print(f"{points} points of the grid, {PATIENTS} patients, {GENES} genes")
    print(f"paths {ours:.1f} s, single fits {single:.1f} s, ratio {single / ours:.0f}")
    print(f"predictions differ by at most {difference:.4f} in a range of {np.ptp(target):.1f}")


if __name__ == "__main__":
    main()
