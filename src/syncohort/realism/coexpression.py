"""Co-expression of pairs of genes: how strong it is, and whether the strong pairs are the same."""

from dataclasses import dataclass

import numpy as np

from syncohort.realism.gene_correlation import dendrogram_genes, unit_genes

# Pairs of genes count as co-expressed above this absolute correlation.
EDGE = 0.5
# Genes whose correlations with all others are held at once.
BLOCK = 512


@dataclass(frozen=True)
class PairCounts:
    """Pairs of genes in two sets of samples.

    Parameters
    ----------
    pairs
        All pairs.
    real_strength, other_strength
        Mean |r| of the pairs in the real and in the other samples.
    real_edges, other_edges, both_edges
        Pairs with |r| > 0.5 in the real samples, in the others, and in both with the same sign.
    """

    pairs: int
    real_strength: float
    other_strength: float
    real_edges: int
    other_edges: int
    both_edges: int

    @property
    def strength_ratio(self) -> float:
        """Mean |r| of the others over that of the real samples; NaN where the latter is 0."""
        return self.other_strength / self.real_strength if self.real_strength > 0 else np.nan

    @property
    def edge_precision(self) -> float:
        """Share of the others' edges that the real samples have: 0 without any, NaN where the real have none."""
        return self.both_edges / max(self.other_edges, 1) if self.real_edges else np.nan

    @property
    def edge_recall(self) -> float:
        """Share of the real samples' edges that the others have; NaN where they have none."""
        return self.both_edges / self.real_edges if self.real_edges else np.nan


def count_pairs(real: np.ndarray, other: np.ndarray) -> PairCounts:
    """Compare the correlations of all pairs of genes, block by block, without holding them.

    Parameters
    ----------
    real, other
        (samples, genes) and (other samples, genes); of more than 5,000 genes, `dendrogram_genes` are compared.
    """
    chosen = dendrogram_genes(real.shape[1])
    x, z = (unit_genes(values[:, chosen]).astype(np.float32) for values in (real, other))
    genes = len(chosen)
    strengths, edges = np.zeros(2), np.zeros(3, dtype=np.int64)
    for start in range(0, genes, BLOCK):
        # Each gene with those after it: r of the strict upper triangle.
        blocks = [values[:, start : start + BLOCK].T @ values[:, start:] for values in (x, z)]
        upper = np.arange(genes - start) > np.arange(len(blocks[0]))[:, None]
        signs = [np.sign(block, where=upper & (np.abs(block) > EDGE), out=np.zeros_like(block)) for block in blocks]
        strengths += [np.abs(block)[upper].sum(dtype=np.float64) for block in blocks]
        edges += [np.count_nonzero(part) for part in (*signs, (signs[0] == signs[1]) & (signs[0] != 0))]
    pairs = genes * (genes - 1) // 2
    return PairCounts(pairs, *(strengths / max(pairs, 1)), *map(int, edges))
