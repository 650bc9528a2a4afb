"""The association map: correlation of every gene module with every image feature, both in the order of a tree."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.figure import Figure as Drawing
from scipy.cluster.hierarchy import leaves_list, linkage

from syncohort.radiogenomics.association import ALPHA
from syncohort.report.figures.figure import MUTED, Figure, styled
from syncohort.report.figures.tree import draw_tree
from syncohort.report.wording import signed

# Dots lie on the colours of the map, which are the same in the page's dark mode.
ON_LIGHT, ON_DARK = "#111111", "#fefefe"


@styled
def association_map(
    associations: pd.DataFrame, modules: Mapping[str, int], false_alarms: Mapping[str, float], *, name: str
) -> Figure:
    """Draw rank correlations, modules × features, with dots where they are significant.

    Parameters
    ----------
    associations
        As `associate` gives them.
    modules
        Module → number of its genes.
    false_alarms
        `permutations`, and `false_alarms`, the share of them in which any pair was significant.
    name
        Name of the figure.
    """
    correlation = associations.pivot(index="module", columns="feature", values="correlation")
    significant = associations.pivot(index="module", columns="feature", values="q_value") <= ALPHA
    trees = [_tree(correlation.to_numpy()), _tree(correlation.to_numpy().T)]
    rows, columns = (
        np.arange(number) if tree is None else leaves_list(tree)
        for tree, number in zip(trees, correlation.shape, strict=True)
    )
    correlation, significant = correlation.iloc[rows, columns], significant.iloc[rows, columns]
    # Inches of a cell, so that a map of any size has legible labels.
    width, height = 0.3 * correlation.shape[1], 0.24 * len(correlation)
    drawing = Drawing(figsize=(width + 3.6, height + 3.0))
    (above, corner), (axes, beside) = drawing.subplots(
        2, 2, width_ratios=[width, 0.5], height_ratios=[0.5, height], sharex="col", sharey="row"
    )
    corner.set_axis_off()
    for place, tree, upright in ((above, trees[1], True), (beside, trees[0], False)):
        place.set_axis_off()
        if tree is not None:
            draw_tree(place, tree, colour=MUTED, upright=upright, width=0.8)
    reach = max(0.3, float(np.abs(correlation.to_numpy()).max()))
    image = axes.imshow(correlation, cmap="RdBu_r", vmin=-reach, vmax=reach, aspect="auto", interpolation="nearest")
    dark = correlation.abs().to_numpy() > 0.6 * reach
    for chosen, colour in ((significant & dark, ON_DARK), (significant & ~dark, ON_LIGHT)):
        places = np.argwhere(chosen.to_numpy())
        axes.plot(places[:, 1], places[:, 0], linestyle="none", marker="o", markersize=3.5, color=colour)
    axes.set_xticks(
        range(correlation.shape[1]), [feature.replace("_", " ") for feature in correlation.columns], rotation=90
    )
    axes.set_yticks(range(len(correlation)), [f"{module} ({modules[module]})" for module in correlation.index])
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    bar = drawing.colorbar(image, ax=[above, corner, axes, beside], shrink=0.6, aspect=25, pad=0.02)
    bar.set_label("rank correlation")
    bar.outline.set_visible(False)
    strongest = associations.loc[associations["correlation"].abs().idxmax()]
    feature, found = strongest["feature"].replace("_", " "), int(significant.to_numpy().sum())
    share, number = false_alarms["false_alarms"], false_alarms["permutations"]
    return Figure(
        name=name,
        title="Gene modules and image features",
        finding=(
            f"{found} of {significant.size} pairs are associated at a false discovery rate of {100 * ALPHA:.0f} %; the "
            f"strongest is {strongest['module']} with {feature}, ρ = {signed(strongest['correlation'])}. With patients "
            f"exchanged at random, {100 * share:.1f} % of {number} maps have any such pair."
        ),
        alternative=(
            "A heat map with a row per module and a column per feature, each with a dendrogram; dots mark significant "
            "pairs."
        ),
        reading=(
            "Spearman’s correlation between the mean expression of a module’s genes (their number in brackets) and the "
            "feature, over all paired patients. Red: higher with the module. Dots: q ≤ 0.05 by Benjamini and "
            "Hochberg. Rows and columns are in the order of a tree of those alike (average linkage). Many "
            "features are functions of the same volume and surface, so columns resemble each other."
        ),
        table=associations,
        drawing=drawing,
    )


def _tree(values: np.ndarray) -> np.ndarray | None:
    """Cluster rows by average linkage of their distances; None where there is nothing to cluster."""
    return linkage(values, method="average") if len(values) > 2 else None
