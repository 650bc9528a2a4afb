"""Distributions of single genes, real against synthetic, as small multiples."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure as Drawing

from syncohort.realism.marginals import ks_similarity
from syncohort.report.figures.figure import INK, REAL, SYNTHETIC, Figure, styled

BINS = 28
COLUMNS = 4


@styled
def distributions(real: np.ndarray, synthetic: np.ndarray, genes: pd.Index, *, unit: str, name: str) -> Figure:
    """Draw a histogram of each gene, real filled and synthetic as a line.

    Parameters
    ----------
    real, synthetic
        (samples, genes) expression on the log scale.
    genes
        (genes,) names.
    unit
        Label of the horizontal axes.
    name
        Name of the figure.
    """
    height = int(np.ceil(len(genes) / COLUMNS))
    drawing = Drawing(figsize=(8.4, 1.5 * height + 0.8))
    grid = drawing.subplots(height, COLUMNS, squeeze=False)
    rows = []
    for column, (gene, axes) in enumerate(zip(genes, grid.flat, strict=False)):
        both = np.concatenate([real[:, column], synthetic[:, column]])
        edges = np.histogram_bin_edges(both, bins=BINS)
        heights = [np.histogram(values[:, column], bins=edges, density=True)[0] for values in (real, synthetic)]
        axes.stairs(heights[0], edges, fill=True, color=REAL, alpha=0.38, label="real")
        axes.stairs(heights[1], edges, color=SYNTHETIC, linewidth=1.5, label="synthetic")
        axes.set_title(gene.replace("$", r"\$"), fontsize=9, fontstyle="italic", loc="left", pad=2)
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        axes.locator_params(axis="x", nbins=4)
        rows.append(
            pd.DataFrame(
                {
                    "gene": gene,
                    "from": edges[:-1],
                    "to": edges[1:],
                    "real_density": heights[0],
                    "synthetic_density": heights[1],
                }
            )
        )
    for axes in grid.flat[len(genes) :]:
        axes.set_axis_off()
    drawing.supxlabel(unit, fontsize=10, color=INK)
    drawing.legend(*grid[0, 0].get_legend_handles_labels(), loc="outside upper right", ncols=2)

    similarity = ks_similarity(real, synthetic)
    least = int(similarity.argmin())
    return Figure(
        name=name,
        title="Distributions of single genes",
        finding=(
            f"Kolmogorov–Smirnov similarity of the {len(genes)} genes has a median of {np.median(similarity):.2f}; "
            f"it is least for {genes[least]} ({similarity[least]:.2f})."
        ),
        alternative=(
            f"{len(genes)} small histograms, one per gene: real expression as a filled blue area, synthetic expression "
            "as an orange line over it."
        ),
        reading=(
            f"Each panel is one gene over all samples, {len(real):,} real (filled) and {len(synthetic):,} synthetic "
            "(line), from the final model. Areas are equal; heights are densities. Two humps are often tumour and "
            "normal. The table behind it holds the bins, not the patients' values."
        ),
        table=pd.concat(rows, ignore_index=True),
        drawing=drawing,
    )
