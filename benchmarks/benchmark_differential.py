"""Compare the vectorised signed-rank test with a loop that calls SciPy once per gene.

Usage: python benchmarks/benchmark_differential.py [--genes 18154] [--pairs 72] [--decimals 2]
"""

import argparse
import sys
import time
from pathlib import Path

import numpy as np
from scipy import stats

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

from syncohort.expression.rank_tests import signed_rank


def main() -> None:
    """Print both times and their ratio, after checking that the results are equal."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--genes", type=int, default=18_154)
    parser.add_argument("--pairs", type=int, default=72)
    parser.add_argument("--decimals", type=int, default=2, help="of the differences: fewer make more ties and zeros")
    sizes = parser.parse_args()
    rng = np.random.default_rng(0)
    differences = rng.normal(rng.normal(0, 1, (sizes.genes, 1)), 1, (sizes.genes, sizes.pairs)).round(sizes.decimals)

    started = time.perf_counter()
    statistic, p_value = signed_rank(differences)
    vectorised = time.perf_counter() - started

    started = time.perf_counter()
    results = [stats.wilcoxon(gene, correction=True) for gene in differences]
    loop = time.perf_counter() - started

    np.testing.assert_array_equal(statistic, [result.statistic for result in results])
    np.testing.assert_array_equal(p_value, [result.pvalue for result in results])
    print(
        f"{sizes.genes} genes x {sizes.pairs} pairs, {sizes.decimals} decimals: "
        f"per-gene loop {loop:.2f} s, vectorised {vectorised:.3f} s, ratio {loop / vectorised:.0f}, results equal"
    )


if __name__ == "__main__":
    main()
