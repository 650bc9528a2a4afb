"""The tanglegram: the real and the synthetic dendrogram face to face, with a line from each gene to itself."""

from itertools import combinations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawing
from scipy.cluster.hierarchy import cophenet, leaves_list, linkage

from syncohort.realism.gene_correlation import gamma, gene_distances
from syncohort.report.figures.figure import INK, MUTED, REAL, SYNTHETIC, Figure, styled
from syncohort.report.figures.tree import draw_tree

ROUNDS = 4


@styled
def tanglegram(real: np.ndarray, synthetic: np.ndarray, genes: pd.Index, *, name: str) -> Figure:
    """Draw the complete-linkage dendrograms of a few genes, facing each other.

    Parameters
    ----------
    real, synthetic
        (samples, genes) expression on the log scale, every gene varying in both; at most some forty genes.
    genes
        (genes,) names.
    name
        Name of the figure.
    """
    left, right = untangle(*(linkage(gene_distances(values), method="complete") for values in (real, synthetic)))
    left_places, right_places = np.argsort(leaves_list(left)), np.argsort(leaves_list(right))
    crossed = _crossed(left_places, right_places)

    drawing = Drawing(figsize=(8.0, max(0.3 * len(genes), 2.4) + 0.9))
    trees = drawing.subplots(1, 3, width_ratios=[1, 1.15, 1], sharey=True)
    heights = max(left[:, 2].max(), right[:, 2].max()) * 1.04
    for axes, tree, colour, title in ((trees[0], left, REAL, "real"), (trees[2], right, SYNTHETIC, "synthetic")):
        draw_tree(axes, tree, colour=colour)
        axes.set_title(title)
        axes.set_xlim((heights, 0) if colour == REAL else (0, heights))
        axes.set_xlabel("height (distance 1 − r)")
        axes.spines["left"].set_visible(False)
    _draw_lines(trees[1], left_places, right_places, crossed, genes)
    trees[0].set_ylim(len(genes) - 0.4, -0.6)
    trees[0].set_yticks([])

    agreement = gamma(cophenet(left), cophenet(right))
    straight = len(genes) - int(crossed.sum())
    return Figure(
        name=name,
        title="Dendrograms face to face",
        finding=(
            f"{straight} of {len(genes)} genes keep their place without crossing another; the heights at which genes "
            f"join correlate at {agreement:.2f}."
        ),
        alternative=(
            f"Tanglegram of {len(genes)} genes: the real dendrogram on the left, the synthetic one on the right. Each "
            f"gene is joined to itself by a line; {int(crossed.sum())} lines cross another."
        ),
        reading=(
            "Complete linkage on 1 − r. Branches are turned so that as few lines cross as a simple heuristic finds; "
            "turning a branch does not change a tree. Orange lines cross another one: these genes have another "
            "neighbourhood in the synthetic samples."
        ),
        table=pd.DataFrame(
            {"gene": genes, "place_real": left_places + 1, "place_synthetic": right_places + 1, "crosses": crossed}
        ).sort_values("place_real"),
        drawing=drawing,
    )


def untangle(left: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Turn branches of two linkages of the same leaves until few of the lines between the leaves cross.

    Each tree in turn is laid out by the mean place of its branches in the other one, and the layout with the fewest
    crossings seen is kept.
    """
    best, fewest = (left, right), _crossings(left, right)
    for _ in range(ROUNDS):
        right = _turned(right, np.argsort(leaves_list(left)))
        left = _turned(left, np.argsort(leaves_list(right)))
        if (found := _crossings(left, right)) < fewest:
            best, fewest = (left, right), found
    return best


def _turned(tree: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Put the branch whose leaves lie further up in `places` first, at every node."""
    tree, leaves = tree.copy(), len(places)
    sums, sizes = [*places.astype(float)], [1] * leaves
    for node in tree:
        first, second = int(node[0]), int(node[1])
        if sums[first] / sizes[first] > sums[second] / sizes[second]:
            node[0], node[1] = second, first
        sums.append(sums[first] + sums[second])
        sizes.append(sizes[first] + sizes[second])
    return tree


def _crossings(left: np.ndarray, right: np.ndarray) -> int:
    first, second = np.argsort(leaves_list(left)), np.argsort(leaves_list(right))
    return sum((first[a] < first[b]) != (second[a] < second[b]) for a, b in combinations(range(len(first)), 2))


def _crossed(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Mask (leaves,) of the leaves whose line crosses any other."""
    inverted = np.sign(first[:, None] - first) * np.sign(second[:, None] - second) < 0
    return inverted.any(axis=1)


def _draw_lines(axes: Axes, left: np.ndarray, right: np.ndarray, crossed: np.ndarray, genes: pd.Index) -> None:
    size = 9 if len(genes) <= 20 else 7
    for gene, start, end, crosses in zip(genes, left, right, crossed, strict=True):
        colour, width = (SYNTHETIC, 1.4) if crosses else (MUTED, 0.9)
        axes.plot([0.3, 0.7], [start, end], color=colour, linewidth=width, alpha=0.9)
        label = gene.replace("$", r"\$")
        axes.text(0.27, start, label, ha="right", va="center", fontsize=size, fontstyle="italic", color=INK)
        axes.text(0.73, end, label, ha="left", va="center", fontsize=size, fontstyle="italic", color=INK)
    axes.set_xlim(0, 1)
    axes.set_axis_off()
