"""The two matrices of gene–gene distances, real and synthetic, in one order of genes."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure as Drawing
from scipy.cluster.hierarchy import leaves_list, linkage
from scipy.spatial.distance import squareform

from syncohort.realism.gene_correlation import dendrogram_genes, gamma, gene_distances, varying_genes
from syncohort.report.figures.figure import Figure, styled

# A screen has no more room, and the page must stay light: larger matrices are drawn as means of blocks.
MOST_BLOCKS = 200
MOST_NAMED = 45


@styled
def distance_matrices(real: np.ndarray, synthetic: np.ndarray, genes: pd.Index, *, name: str) -> Figure:
    """Draw the distances 1 − r of all pairs of genes among real and among synthetic samples, side by side.

    Parameters
    ----------
    real, synthetic
        (samples, genes) expression on the log scale.
    genes
        (genes,) names.
    name
        Name of the figure.
    """
    varying = np.flatnonzero(varying_genes(real))
    shown = varying[dendrogram_genes(len(varying))]
    condensed = [gene_distances(values[:, shown]) for values in (real, synthetic)]
    agreement = gamma(*condensed)
    strengths = [np.abs(1 - distances).mean() for distances in condensed]
    order = leaves_list(linkage(condensed[0], method="complete"))
    starts = np.unique(np.linspace(0, len(order), MOST_BLOCKS, endpoint=False, dtype=int))
    matrices = [_block_means(squareform(distances)[np.ix_(order, order)], starts) for distances in condensed]

    drawing = Drawing(figsize=(8.4, 3.9))
    # Centred on 1, no correlation; narrowed to where the real distances lie, or all would look white.
    reach = float(np.clip(np.quantile(np.abs(condensed[0] - 1), 0.99), 0.2, 1.0))
    titles = (f"real ({len(real):,} samples)", f"synthetic ({len(synthetic):,} samples)")
    for axes, matrix, title in zip(drawing.subplots(1, 2), matrices, titles, strict=True):
        image = axes.imshow(matrix, cmap="RdBu", vmin=1 - reach, vmax=1 + reach, interpolation="nearest")
        axes.set_title(title)
        axes.set_xticks([])
        axes.set_yticks([])
        axes.spines[:].set_visible(False)
        if len(shown) <= MOST_NAMED:
            axes.set_yticks(range(len(order)), genes[shown[order]], fontsize=min(8, 230 / len(order)))
            axes.tick_params(left=False)
    ends = "both" if reach < 1 else "neither"
    bar = drawing.colorbar(image, ax=drawing.axes, shrink=0.8, aspect=30, pad=0.02, extend=ends)
    bar.set_label("distance 1 − r")
    bar.outline.set_visible(False)

    labels = _block_labels(genes[shown[order]], starts)
    notes = ""
    if len(starts) < len(order):
        notes += f" Each cell is the mean of blocks of about {len(order) // len(starts)} genes."
    if len(shown) < len(varying):
        notes += f" {len(shown):,} of {len(varying):,} genes, drawn at random, are shown."
    return Figure(
        name=name,
        title="Gene–gene distances, real and synthetic",
        finding=(
            f"Over {len(condensed[0]):,} pairs of {len(shown):,} genes, the distances among synthetic samples of the "
            f"final model correlate with the real ones at {agreement:.3f}; the mean |r| is {strengths[0]:.2f} among "
            f"real and {strengths[1]:.2f} among synthetic samples."
        ),
        alternative=(
            f"Two heat maps of {len(shown):,} by {len(shown):,} genes in the same order, real on the left and "
            "synthetic on the right. Blocks of correlated genes show as red squares along the diagonal."
        ),
        reading=(
            "Genes are in the order of the real dendrogram (complete linkage) in both. Red: the two genes rise "
            "together; white: no correlation; blue: one rises as the other falls. What matters is whether the same "
            "blocks appear on both sides, and as deep: γ(D) compares the pattern of correlations and is blind to their "
            "strength. The final model has seen these samples, so this picture flatters it; the "
            f"scores in the table are of patients held out.{notes}"
        ),
        table=pd.concat(
            [
                # Square, as drawn: a row per pair of genes would weigh several times as much.
                pd.DataFrame(matrix.round(3), columns=labels).assign(samples=samples, gene=labels)
                for samples, matrix in zip(("real", "synthetic"), matrices, strict=True)
            ],
            ignore_index=True,
        )[["samples", "gene", *labels]],
        drawing=drawing,
    )


def _block_means(matrix: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Mean of every block of rows and columns beginning at `starts`."""
    sizes = np.diff([*starts, len(matrix)])
    sums = np.add.reduceat(np.add.reduceat(matrix, starts, axis=0), starts, axis=1)
    return sums / np.outer(sizes, sizes)


def _block_labels(genes: pd.Index, starts: np.ndarray) -> np.ndarray:
    """Name of every block: its gene, or its first gene and how many follow."""
    sizes = np.diff([*starts, len(genes)])
    first = zip(genes[starts], sizes, strict=True)
    return np.array([gene if size == 1 else f"{gene} +{size - 1}" for gene, size in first])
