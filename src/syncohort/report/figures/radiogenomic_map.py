"""Patients in a plane by genes, principal components and gene code, a row of panels for each variable they show."""

from collections.abc import Sequence
from textwrap import fill

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure as Drawing
from matplotlib.lines import Line2D

from syncohort.core.splits import TEST
from syncohort.nodule.features import UNITS
from syncohort.nodule.radiogenomic_map import (
    CONTINUOUS,
    FALSE_DISCOVERY_RATE,
    IMAGE,
    SPACES,
    RadiogenomicMap,
)
from syncohort.realism.layout import UMAP
from syncohort.report.figures.figure import INK, MUTED, RULE, Figure, styled
from syncohort.report.wording import decimal, names, words

# Legible on light and dark, and told apart by colour-blind readers (Okabe and Ito 2008, without black and yellow).
COLOURS = ("#e69f00", "#56b4e9", "#009e73", "#d55e00", "#cc79a7", "#0072b2")
OTHERS = "others"
# Without the ends of viridis, which are lost on a dark and on a light page.
COLOUR_MAP = LinearSegmentedColormap.from_list("legible", colormaps["viridis"](np.linspace(0.15, 0.95, 64)))
# Width of the key beside a row, in panels, and letters in a line of it.
KEY_WIDTH, LINE = 0.5, 16


@styled
def radiogenomic_map(found: RadiogenomicMap, variables: Sequence[str], *, layout: str, model: str, name: str) -> Figure:
    """Draw a row of panels for each variable, a column for each space.

    Parameters
    ----------
    found
        The map.
    variables
        Variables of one kind to show.
    layout
        `t-SNE` or `UMAP`.
    model
        Name of the model.
    name
        Name of the figure.
    """
    drawing = Drawing(figsize=(8.4, 2.0 * len(variables) + 0.4))
    widths = [1.0] * len(SPACES) + [KEY_WIDTH]
    panels = drawing.subplots(len(variables), len(widths), squeeze=False, width_ratios=widths)
    places = found.places[found.places["layout"] == layout]
    score = found.separability.set_index(["variable", "space"])["score"]
    for (*row, key), variable in zip(panels, variables, strict=True):
        values = found.variables[found.variables["variable"] == variable]
        colour = _Colours(values)
        for axes, space in zip(row, SPACES, strict=True):
            _draw_panel(axes, places[places["space"] == space], colour)
            axes.set_title(f"{space}: {decimal(score[variable, space], 2)}", fontsize=8.5)
        unit = UNITS.get(variable) if values["kind"].iloc[0] == IMAGE else None
        row[0].set_ylabel(words(variable) + (f", {unit}" if unit else ""), color=INK)
        colour.explain(drawing, key)
    how = "the map is made of the others, and they are put into it" if layout == UMAP else "all are laid out together"
    return Figure(
        name=name,
        title=f"{model}: patients in {layout} by {names([words(variable) for variable in variables], 4)}",
        finding=_finding(found, variables),
        alternative=f"{len(variables)} rows of {len(SPACES)} scatter plots, one for each space; colours show values.",
        reading=(
            f"Each point is a patient: small ones the generator has learnt from, large ones with an outline are held "
            f"out ({how}). Near points have similar genes, similar principal components of genes, or a similar code. "
            "Above each panel stands the bias-corrected distance correlation of the whole space with the variable over "
            "held-out patients: 0 where the space says nothing of it, 1 where distances go with it throughout. The "
            "plane is for looking; no score is computed in it."
        ),
        table=_table(found, variables, places),
        drawing=drawing,
    )


class _Colours:
    """What a variable's values look like."""

    def __init__(self, values: pd.DataFrame) -> None:
        self.continuous = (values["scale"] == CONTINUOUS).all()
        known = values.set_index("patient_id")["value"]
        if self.continuous:
            self.values = known.astype(float)
            # A single outlier would leave one colour for all others.
            self.limits = tuple(np.nanquantile(self.values, [0.02, 0.98]))
        else:
            levels = known.value_counts().index
            # The last colour is that of all others, where there are more categories than colours.
            kept = levels if len(levels) <= len(COLOURS) else levels[: len(COLOURS) - 1]
            self.values = known.where(known.isin(kept), OTHERS)
            shown = sorted(kept) + ([OTHERS] if len(kept) < len(levels) else [])
            self.colour = dict(zip(shown, COLOURS, strict=False))

    def scatter(self, axes: Axes, points: pd.DataFrame, **look: object) -> None:
        """Draw points, those of an unknown value in grey below the others."""
        values = points["patient_id"].map(self.values)
        known = values.notna().to_numpy()
        axes.scatter(points["x"][~known], points["y"][~known], color=RULE, **look)
        if self.continuous:
            low, high = self.limits
            shades = {"c": values[known].astype(float), "cmap": COLOUR_MAP, "vmin": low, "vmax": high}
        else:
            shades = {"color": [self.colour[value] for value in values[known]]}
        self.drawn = axes.scatter(points["x"][known], points["y"][known], **shades, **look)

    def explain(self, drawing: Drawing, key: Axes) -> None:
        """Put a colour bar or a legend into the axes at the end of a row."""
        key.set_axis_off()
        if self.continuous:
            bar = drawing.colorbar(self.drawn, cax=key.inset_axes([0.0, 0.05, 0.13, 0.9]))
            bar.outline.set_visible(False)
            return
        dots = [Line2D([], [], marker="o", linestyle="none", color=colour) for colour in self.colour.values()]
        labels = [fill(level, LINE) for level in self.colour]
        key.legend(dots, labels, loc="center left", bbox_to_anchor=(-0.15, 0.5), fontsize=8, handletextpad=0.1)


def _draw_panel(axes: Axes, points: pd.DataFrame, colour: _Colours) -> None:
    held_out = points["role"] == TEST
    colour.scatter(axes, points[~held_out], s=10, linewidths=0, alpha=0.6)
    colour.scatter(axes, points[held_out], s=34, linewidths=0.8, edgecolors=INK)
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set(visible=True, color=RULE)
    axes.tick_params(colors=MUTED)


def _finding(found: RadiogenomicMap, variables: Sequence[str]) -> str:
    table = found.separability[found.separability["variable"].isin(variables)]
    if table["score"].isna().all():
        return "Too few held-out patients are known in any of these to judge by."
    told = table[table["q_value"] <= FALSE_DISCOVERY_RATE]
    if told.empty:
        return "No space goes with any of these over held-out patients better than chance."
    row = told.loc[told["score"].idxmax()]
    return (
        f"The closest are {row['space']} and {words(row['variable'])}: distance correlation {decimal(row['score'], 2)} "
        f"over {row['patients']} held-out patients, 95 % of permutations below {decimal(row['null_high'], 2)}."
    )


def _table(found: RadiogenomicMap, variables: Sequence[str], places: pd.DataFrame) -> pd.DataFrame:
    values = found.variables[found.variables["variable"].isin(variables)]
    wide = values.pivot(index="patient_id", columns="variable", values="value").rename_axis(columns=None)
    return places.merge(wide[list(variables)], left_on="patient_id", right_index=True, how="left")
