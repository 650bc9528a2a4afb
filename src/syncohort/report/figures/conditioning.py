"""Whether nodules follow genes: correlation with the real nodules' features, and what exchanged genes give."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure as Drawing

from syncohort.report.figures.figure import INK, MUTED, RULE, SYNTHETIC, Figure, styled
from syncohort.report.wording import decimal, signed

CHANGES = {
    "noise": ("other noise", {"marker": "|", "markersize": 9, "color": MUTED}),
    "swapped": ("another’s genes", {"marker": "o", "markersize": 5, "color": SYNTHETIC}),
    "zeroed": ("no genes", {"marker": "s", "markersize": 5, "color": SYNTHETIC, "fillstyle": "none"}),
}


@styled
def conditioning_plot(conditioning: pd.DataFrame, *, model: str, name: str) -> Figure:
    """Draw the correlation of every feature beside those of permuted patients, and how much genes change.

    Parameters
    ----------
    conditioning
        As `prove_conditioning` gives it.
    model
        Name of the model.
    name
        Name of the figure.
    """
    drawing = Drawing(figsize=(7.6, 0.42 * len(conditioning) + 1.8))
    left, right = drawing.subplots(1, 2, sharey=True)
    rows = np.arange(len(conditioning))
    limit = conditioning["shuffled_high"].to_numpy()
    left.barh(rows, 2 * limit, 0.6, left=-limit, color=RULE, label="exchanged at random")
    left.plot(conditioning["correlation"], rows, "o", color=SYNTHETIC, label="own genes")
    left.axvline(0, color=INK, linewidth=0.8)
    left.set(xlim=(-1, 1), xlabel="correlation with the real nodule")
    for kind, (text, look) in CHANGES.items():
        right.plot(conditioning[kind], rows, linestyle="none", label=text, **look)
    right.set(xlabel="mean change, standard deviations")
    right.set_xlim(left=0)
    left.set_yticks(rows, conditioning["feature"].str.replace("_", " "))
    left.invert_yaxis()
    for axes in (left, right):
        axes.grid(axis="x", color=RULE)
        axes.locator_params(axis="x", nbins=5)
    drawing.legend(loc="outside upper left", ncols=3)
    followed = conditioning[(conditioning["p_adjusted"] <= 0.05) & (conditioning["correlation"] > 0)]
    best = conditioning.loc[conditioning["correlation"].fillna(-1).idxmax()]
    return Figure(
        name=name,
        title=f"{model}: do nodules follow the genes?",
        finding=(
            f"{len(followed)} of {len(conditioning)} features of synthetic nodules go with those of the held-out "
            "patient whose genes they were made from (p ≤ 0.05 by permutation, Bonferroni over features); most does "
            f"{best['feature'].replace('_', ' ')}, r = {signed(best['correlation'])}, p = "
            f"{decimal(best['p_adjusted'])}."
        ),
        alternative="Two panels with a row per feature: correlations beside those of permuted patients, and changes.",
        reading=(
            "Every held-out patient’s genes are put on the same backgrounds with the same noise, so that slices "
            "differ in genes alone. Left: Pearson’s correlation, over patients, of the mean feature with that of the "
            "patient’s real nodule; grey is where 90 % of the correlations lie when the patients are exchanged. "
            "Right: mean absolute change of a feature by another draw of noise, by another patient’s genes and by no "
            "genes (the mean of the training patients), in standard deviations of the real nodules; genes that say "
            "nothing change less than noise."
        ),
        table=conditioning,
        drawing=drawing,
    )
