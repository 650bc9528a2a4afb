"""The association map: correlation of every gene module with every image feature, both in the order of a tree."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.figure import Figure as Drawing
from scipy.cluster.hierarchy import leaves_list, linkage

from syncohort.radiogenomics.association import ALPHA
from syncohort.report.figures.figure import INK, Figure, styled
from syncohort.report.wording import signed


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
    rows, columns = _order(correlation.to_numpy()), _order(correlation.to_numpy().T)
    correlation, significant = correlation.iloc[rows, columns], significant.iloc[rows, columns]
    drawing = Drawing(figsize=(0.3 * correlation.shape[1] + 3.2, 0.24 * len(correlation) + 2.6))
    axes = drawing.subplots()
    reach = max(0.3, float(np.abs(correlation.to_numpy()).max()))
    image = axes.imshow(correlation, cmap="RdBu_r", vmin=-reach, vmax=reach, aspect="auto", interpolation="nearest")
    places = np.argwhere(significant.to_numpy())
    axes.plot(places[:, 1], places[:, 0], linestyle="none", marker="o", markersize=3.5, color=INK)
    axes.set_xticks(
        range(correlation.shape[1]), [feature.replace("_", " ") for feature in correlation.columns], rotation=90
    )
    axes.set_yticks(range(len(correlation)), [f"{module} ({modules[module]})" for module in correlation.index])
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    bar = drawing.colorbar(image, ax=axes, shrink=0.6, aspect=25, pad=0.02)
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
        alternative="A heat map with a row per module and a column per feature; dots mark significant pairs.",
        reading=(
            "Spearman’s correlation between the mean expression of a module’s genes (their number in brackets) and the "
            "feature, over all paired patients. Red: higher with the module. Dots: q ≤ 0.05 by Benjamini and "
            "Hochberg. Many features are functions of the same volume and surface, so columns resemble each other."
        ),
        table=associations,
        drawing=drawing,
    )


def _order(values: np.ndarray) -> np.ndarray:
    """Order rows so that those alike are neighbours."""
    return leaves_list(linkage(values, method="average")) if len(values) > 2 else np.arange(len(values))
