"""Geometry of gene–gene correlations: is it the same in two sets of samples?

Definitions follow Viñas et al., Bioinformatics 38(3):730, 2022. The distance of two genes is d = 1 − r with Pearson's r
over samples, D holds the distances of all pairs of genes (the strict upper triangle), T the cophenetic distances of
the complete-linkage dendrogram on D, and γ(A, B) is the Pearson correlation of two such vectors.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.cluster.hierarchy import cophenet, linkage
from scipy.spatial.distance import pdist

# A comparison of trees holds up to four vectors of genes²/2 distances: 0.4 GB for 5,000 genes, 5.3 GB for 18,154.
DENDROGRAM_GENES = 5000
# Distances whose standard deviation is below this are equal but for rounding; γ is not defined for them.
SMALLEST_DEVIATION = 1e-6
# Genes that a samples × samples product takes in at once.
BLOCK = 1024


def varying_genes(*sets: np.ndarray) -> np.ndarray:
    """Mask (genes,) of the genes that vary in every set (samples, genes), which alone have correlations in all."""
    return np.logical_and.reduce([np.ptp(values, axis=0) > 0 for values in sets])


def gamma(first: np.ndarray, second: np.ndarray) -> float:
    """Pearson correlation of two vectors (pairs,) of distances: 0 where only the second is constant, NaN else."""
    if first.size < 2:
        return np.nan
    # Products of the vectors as they are: with genes²/2 pairs, centred copies would cost gigabytes.
    products = first @ first, second @ second, first @ second
    return _pearson(first.mean(), second.mean(), *(product / first.size for product in products))


def _pearson(mean_x: float, mean_z: float, mean_xx: float, mean_zz: float, mean_xz: float) -> float:
    """Pearson correlation from the means of two variables, of their squares and of their product."""
    variance_x, variance_z = mean_xx - mean_x**2, mean_zz - mean_z**2
    if variance_x < SMALLEST_DEVIATION**2:
        return np.nan
    if variance_z < SMALLEST_DEVIATION**2:
        return 0.0  # it tells nothing of the first
    return float(np.clip((mean_xz - mean_x * mean_z) / np.sqrt(variance_x * variance_z), -1, 1))


def distance_preservation(real: np.ndarray, other: np.ndarray) -> float:
    """γ(D^X, D^Z) of all pairs of genes, without holding any pair.

    With genes centred and scaled to length one, in X (samples, genes) and Z (other samples, genes), r is the product
    of two columns. Its sums over all pairs of genes need products of samples only:
    Σ r_X = ‖X·1‖² and Σ r_X r_Z = ‖X Zᵀ‖² (Frobenius). Time grows with genes × samples², memory with the data.

    Parameters
    ----------
    real, other
        (samples, genes) and (other samples, genes), the same genes; any scale that is linear per gene. A constant
        gene correlates with none: r = 0.

    Returns
    -------
    float
        γ in [−1, 1]; 0 where all correlations of the other set are equal, as in one without any variation; NaN with
        fewer than 3 genes or where those of the real set are equal.
    """
    genes = real.shape[1]
    if genes < 3:
        return np.nan
    sums = [_sum_of_correlations(values) for values in (real, other)]
    sums += [_sum_of_products(*both) for both in ((real, real), (other, other), (real, other))]
    # Every pair is in these sums twice, and every gene with itself once: as 1, or as 0 where it is constant.
    itself = [int(varying_genes(*sets).sum()) for sets in ((real,), (other,), (real,), (other,), (real, other))]
    pairs = genes * (genes - 1)
    return _pearson(*((total - diagonal) / pairs for total, diagonal in zip(sums, itself, strict=True)))


def unit_genes(values: np.ndarray) -> np.ndarray:
    """Centre every gene (column) and scale it to length one, in float64; a constant gene becomes zero."""
    centred = values - values.mean(axis=0, dtype=np.float64)
    varying = varying_genes(values)
    return np.where(varying, centred, 0.0) / np.where(varying, np.linalg.norm(centred, axis=0), 1.0)


def _blocks(genes: int) -> Iterator[slice]:
    """Cut genes into blocks, so that their float64 copies stay small."""
    return (slice(start, start + BLOCK) for start in range(0, genes, BLOCK))


def _sum_of_correlations(values: np.ndarray) -> float:
    """Σ r over all ordered pairs of genes, a gene with itself included: ‖X·1‖²."""
    return float(np.square(sum(unit_genes(values[:, block]).sum(axis=1) for block in _blocks(values.shape[1]))).sum())


def _sum_of_products(real: np.ndarray, other: np.ndarray) -> float:
    """Σ r_X r_Z over all ordered pairs of genes, a gene with itself included: ‖X Zᵀ‖²."""
    product = np.zeros((len(real), len(other)))
    for block in _blocks(real.shape[1]):
        product += unit_genes(real[:, block]) @ unit_genes(other[:, block]).T
    return float(np.square(product, out=product).sum())


@dataclass(frozen=True, eq=False)
class Dendrogram:
    """Complete-linkage tree of the genes in one set of samples.

    Parameters
    ----------
    cophenetic
        (pairs,) T, the height at which two genes join, in SciPy's condensed order.
    fit
        γ(D, T): how well the tree keeps the distances it was built on, the cophenetic correlation.
    """

    cophenetic: np.ndarray
    fit: float

    @classmethod
    def of(cls, values: np.ndarray) -> "Dendrogram":
        """Cluster the genes of `values` (samples, genes).

        Of more than `DENDROGRAM_GENES` genes, `dendrogram_genes` are clustered.
        """
        distances = gene_distances(values[:, dendrogram_genes(values.shape[1])])
        # A single gene has no tree.
        cophenetic = cophenet(linkage(distances, method="complete")) if distances.size else distances
        # Genes that are all equally far apart make no tree.
        return cls(cophenetic, np.nan_to_num(gamma(distances, cophenetic)))


def gene_distances(values: np.ndarray) -> np.ndarray:
    """D (pairs,): 1 − r of all pairs of genes of `values` (samples, genes), in SciPy's condensed order.

    A constant gene correlates with none: r = 0.
    """
    # A constant gene as exact zeros: rounding would leave it noise, and noise has correlations.
    varied = np.where(varying_genes(values), values, 0.0)
    distances = pdist(varied.T.astype(np.float64, copy=False), "correlation")
    np.nan_to_num(distances, copy=False, nan=1.0)
    return distances


def dendrogram_genes(genes: int) -> np.ndarray:
    """Positions of the genes a dendrogram is built on: all, or `DENDROGRAM_GENES` drawn at random, always the same."""
    if genes <= DENDROGRAM_GENES:
        return np.arange(genes)
    return np.sort(np.random.default_rng(0).choice(genes, DENDROGRAM_GENES, replace=False))


def dendrogram_preservation(real: Dendrogram, other: Dendrogram) -> float:
    """γ(T^X, T^Z): whether the same genes join at the same heights."""
    return gamma(real.cophenetic, other.cophenetic)


def cophenetic_correlation_difference(real: Dendrogram, other: Dendrogram) -> float:
    """S_sdcc = (γ(D^X, T^X) − γ(D^Z, T^Z))²: whether both sets are equally tree-like."""
    return (real.fit - other.fit) ** 2
