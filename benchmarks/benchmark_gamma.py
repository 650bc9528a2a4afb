"""Time and peak memory of γ(D) and γ(T) against the plain published way, at 4,197 and at 18,154 genes.

Run: python benchmarks/benchmark_gamma.py. Every measurement has a process of its own; the data are simulated.
"""

import multiprocessing
import os
import resource
import sys
import time
from pathlib import Path

import numpy as np
from scipy.cluster.hierarchy import cophenet, linkage

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from syncohort.realism import gene_correlation
from syncohort.realism.gene_correlation import (
    DENDROGRAM_GENES,
    Dendrogram,
    dendrogram_preservation,
    distance_preservation,
)

SAMPLES = 215
GENES = (4197, 18154)
# The plain way holds two genes × genes matrices, their indices and the vectors taken from them.
PLAIN_BYTES_PER_PAIR = 40


def simulate(genes: int) -> tuple[np.ndarray, np.ndarray]:
    """Two sets of samples (samples, genes) of one population whose genes share twenty factors."""
    rng = np.random.default_rng(0)
    loadings = rng.normal(size=(20, genes))
    noise = 3 * rng.normal(size=(2 * SAMPLES, genes))
    values = (rng.normal(size=(2 * SAMPLES, 20)) @ loadings + noise).astype(np.float32)
    return values[:SAMPLES], values[SAMPLES:]


def plain_distances(values: np.ndarray) -> np.ndarray:
    """Distances of all pairs, from the whole matrix."""
    matrix = 1 - np.corrcoef(values.T)
    return matrix[np.triu_indices_from(matrix, 1)]


def plain_gamma_distances(real: np.ndarray, other: np.ndarray) -> float:
    """γ(D) as published: matrices, their triangles, their correlation."""
    return np.corrcoef(plain_distances(real), plain_distances(other))[0, 1]


def plain_gamma_dendrograms(real: np.ndarray, other: np.ndarray) -> float:
    """γ(T) as published: matrices, their triangles, trees, the correlation of their cophenetic distances."""
    trees = [cophenet(linkage(plain_distances(values), "complete")) for values in (real, other)]
    return np.corrcoef(*trees)[0, 1]


def gamma_dendrograms(real: np.ndarray, other: np.ndarray) -> float:
    """γ(T) of all genes."""
    gene_correlation.DENDROGRAM_GENES = real.shape[1]
    return gamma_dendrograms_limited(real, other)


def gamma_dendrograms_limited(real: np.ndarray, other: np.ndarray) -> float:
    """γ(T) as evaluated: of a part of the genes where there are many."""
    return dendrogram_preservation(Dendrogram.of(real), Dendrogram.of(other))


def measure(function, genes: int) -> tuple[float, float, float]:
    """Value, seconds and peak memory in MB of this process."""
    real, other = simulate(genes)
    started = time.perf_counter()
    value = function(real, other)
    seconds = time.perf_counter() - started
    return value, seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def compare(name: str, ours, plain, genes: int) -> None:
    """Print one line: ours, the plain way, and how much is saved."""
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        value, seconds, memory = pool.apply(measure, (ours, genes))
        line = f"{name:<28}{genes:>7,} genes  {value:.6f}  {seconds:8.2f} s {memory:8.0f} MB"
        free = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
        if plain is None or free < PLAIN_BYTES_PER_PAIR * genes**2:
            print(f"{line}   plain: {'not comparable' if plain is None else 'not enough memory here'}", flush=True)
            return
        expected, plain_seconds, plain_memory = pool.apply(measure, (plain, genes))
    assert np.isclose(value, expected, atol=1e-6), (value, expected)
    print(
        f"{line}   plain: {plain_seconds:8.2f} s {plain_memory:8.0f} MB   "
        f"plain / ours: time {plain_seconds / seconds:.1f}, memory {plain_memory / memory:.1f}",
        flush=True,
    )


def main() -> None:
    """Measure all cases."""
    print(f"{SAMPLES} against {SAMPLES} samples; memory is the peak of the whole process")
    for genes in GENES:
        compare("γ(D)", distance_preservation, plain_gamma_distances, genes)
        compare("γ(T)", gamma_dendrograms, plain_gamma_dendrograms, genes)
        if genes > DENDROGRAM_GENES:
            compare(f"γ(T) of {DENDROGRAM_GENES:,} drawn", gamma_dendrograms_limited, None, genes)


if __name__ == "__main__":
    main()
