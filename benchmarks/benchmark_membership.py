"""What a generator betrays by knowing nothing but the mean of a class, by the size of the class.

Run: python benchmarks/benchmark_membership.py. Samples of independent normal features; the generator draws from their
distribution itself, only its mean is that of the members. The attack is that by distance; the release has five draws.
"""

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from syncohort.realism.distances import euclidean
from syncohort.realism.membership import attack_auc, distance_score

SIZES, DIMENSIONS = (10, 20, 30, 60, 100), (20, 50)
DRAWS, REPEATS = 5, 60


def leak(size: int, dimensions: int, rng: np.random.Generator) -> float:
    """AUC of the attack on one class, with as many others as members."""
    members, others = rng.normal(size=(2, size, dimensions))
    release = members.mean(axis=0) + rng.normal(size=(DRAWS * size, dimensions))
    return attack_auc(*(distance_score(euclidean(attacked, release)) for attacked in (members, others)))


def main() -> None:
    """Print a row per size of the class."""
    rng = np.random.default_rng(1)
    for size in SIZES:
        found = [[leak(size, dimensions, rng) for _ in range(REPEATS)] for dimensions in DIMENSIONS]
        shown = ", ".join(
            f"{np.mean(aucs):.3f} ± {np.std(aucs) / np.sqrt(REPEATS):.3f} in {dimensions} dimensions"
            for aucs, dimensions in zip(found, DIMENSIONS, strict=True)
        )
        print(f"{size:>4} members: AUC {shown}", flush=True)


if __name__ == "__main__":
    main()
