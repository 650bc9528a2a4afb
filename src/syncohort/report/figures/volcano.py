"""The volcano plot: change between normal and tumour against the evidence for it."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawing

from syncohort.report.figures.figure import DOWN, INK, MUTED, UP, Figure, styled

# Direction has a shape as well as a colour: red and green alone do not tell everybody apart.
# One transparent grey is pale on paper and dim in the dark.
CLASSES = {
    "not significant": ("#868f9a", 0.35, "o", 7),
    "significant by test only": ("#868f9a", 1.0, "o", 9),
    "down in tumour": (DOWN, 0.85, "v", 20),
    "up in tumour": (UP, 0.85, "^", 20),
}
LABELLED_PER_SIDE = 6
MOST_VECTOR_POINTS = 1500


def classify(test: pd.DataFrame, fold_change: pd.DataFrame, threshold: float) -> pd.DataFrame:
    """Join test and fold change, and name the class each gene is drawn in.

    Returns
    -------
    DataFrame
        `gene`, `log2_fold_change`, `p_value`, `p_adjusted`, `class`.
    """
    table = test.merge(fold_change[["gene", "log2_fold_change"]], on="gene")
    change = table["log2_fold_change"]
    names = list(CLASSES)
    table["class"] = np.select(
        [~table["significant"], change <= -threshold, change >= threshold], [names[0], names[2], names[3]], names[1]
    )
    return table[["gene", "log2_fold_change", "p_value", "p_adjusted", "class"]]


@styled
def volcano(test: pd.DataFrame, fold_change: pd.DataFrame, *, threshold: float, alpha: float, name: str) -> Figure:
    """Draw the volcano plot.

    Parameters
    ----------
    test, fold_change
        Statistics of the split `full`, one row per gene.
    threshold
        Least |log2 fold change| of a selected gene.
    alpha
        Level the adjusted p-values are compared with.
    name
        Name of the figure.
    """
    table = classify(test, fold_change, threshold)
    # A p-value too small for a double is drawn at the smallest one, not at infinity.
    evidence = -np.log10(table["p_adjusted"].clip(lower=np.nextafter(0, 1)))
    drawing = Drawing(figsize=(8.4, 4.8))
    axes = drawing.add_subplot(xlabel="log₂ fold change, tumour over normal", ylabel="−log₁₀ adjusted p-value")
    for label, (colour, opacity, marker, size) in CLASSES.items():
        drawn = (table["class"] == label).to_numpy()
        axes.scatter(
            table["log2_fold_change"][drawn],
            evidence[drawn],
            s=size,
            c=colour,
            marker=marker,
            linewidths=0,
            alpha=opacity,
            label=f"{label} ({drawn.sum():,})",
            rasterized=bool(drawn.sum() > MOST_VECTOR_POINTS),
        )
    for x in (-threshold, threshold):
        axes.axvline(x, color=MUTED, linewidth=0.8, linestyle=(0, (4, 3)))
    axes.axhline(-np.log10(alpha), color=MUTED, linewidth=0.8, linestyle=(0, (4, 3)))
    axes.margins(x=0.18, y=0.1)
    _label_extremes(axes, table, evidence)
    drawing.legend(loc="outside upper center", ncols=2, markerscale=1.3, handletextpad=0.2, fontsize=9)

    counts = table["class"].value_counts()
    up, down = int(counts.get("up in tumour", 0)), int(counts.get("down in tumour", 0))
    return Figure(
        name=name,
        title="Change against evidence",
        finding=(
            f"{up + down:,} of {len(table):,} tested genes pass both thresholds: "
            f"{up:,} are higher in tumours and {down:,} lower."
        ),
        alternative=(
            f"Volcano plot of {len(table):,} genes. Horizontal: log2 fold change; vertical: minus log10 of the "
            f"adjusted p-value. {up:,} green upward triangles lie on the right, {down:,} red downward ones on the left."
        ),
        reading=(
            "Each mark is a gene. Green triangles pointing up: expressed more in tumours; red triangles pointing down: "
            "less. Grey: significant by the test, but the change is smaller than the threshold. Light grey: not "
            f"significant. Dashed lines: |log₂ fold change| = {threshold:g} and adjusted p = {alpha:g}."
        ),
        table=table,
        drawing=drawing,
    )


def _label_extremes(axes: Axes, table: pd.DataFrame, evidence: pd.Series) -> None:
    """Name the genes that stand out most, by change times evidence, and keep the names apart."""
    prominence = table["log2_fold_change"] * evidence
    lowest, highest = evidence.min(), evidence.max()
    gap = 0.045 * max(highest - lowest, 1e-9)
    for side, label in ((-1, "down in tumour"), (1, "up in tumour")):
        chosen = (prominence[table["class"] == label] * side).nlargest(LABELLED_PER_SIDE).index
        named = table.loc[chosen, ["gene", "log2_fold_change"]].assign(evidence=evidence[chosen].round(3))
        # Outermost first among equals, so that the lines to the names do not cross.
        named = named.sort_values(["evidence", "log2_fold_change"], ascending=[False, side < 0])
        column = named["log2_fold_change"].mul(side).max() + 0.03 * np.ptp(axes.get_xlim())
        height = np.inf
        for gene, change, level in named.itertuples(index=False):
            height = min(level, height - gap)
            axes.annotate(
                gene.replace("$", r"\$"),
                (change, level),
                (side * column, height),
                ha="left" if side > 0 else "right",
                va="center",
                fontsize=8,
                fontstyle="italic",
                color=INK,
                arrowprops={"arrowstyle": "-", "color": MUTED, "linewidth": 0.4, "shrinkA": 1, "shrinkB": 2},
            )
