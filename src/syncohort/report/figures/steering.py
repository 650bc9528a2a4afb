"""Whether tiles follow expression: correlations over held-out slides, told own, swapped, shuffled and no profiles."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure as Drawing

from syncohort.histology.steering import DONOR, OWN, PROGRAMME, REAL, REAL_TILES, SHUFFLED, SWAPPED, ZEROED
from syncohort.report.figures.figure import INK, MUTED, RULE, SYNTHETIC, Figure, styled
from syncohort.report.figures.figure import REAL as REAL_COLOUR
from syncohort.report.wording import decimal, signed

LOOKS = {
    REAL: ("real tiles themselves", {"marker": "|", "markersize": 13, "markeredgewidth": 2, "color": REAL_COLOUR}),
    OWN: ("own profile", {"marker": "o", "color": SYNTHETIC}),
    DONOR: ("another’s profile, against that patient", {"marker": "D", "markersize": 5, "color": SYNTHETIC}),
    SWAPPED: ("another’s profile, against this slide", {"marker": "o", "color": MUTED, "fillstyle": "none"}),
    ZEROED: ("mean profile", {"marker": "s", "markersize": 5, "color": MUTED, "fillstyle": "none"}),
}
TITLES = {PROGRAMME: "against the planted programme", REAL_TILES: "against the slide’s real tiles"}
# Where marks of a row lie, so that equal ones do not hide each other.
OFFSETS = dict(zip(LOOKS, (0.0, 0.0, -0.24, 0.24, 0.34), strict=True))


@styled
def steering_plot(steering: pd.DataFrame, *, title: str, name: str) -> Figure:
    """Draw the table of `prove_steering`.

    Parameters
    ----------
    steering
        The table of one model.
    title
        Model, and whose patients they are.
    name
        Name of the figure.
    """
    shown = [against for against in TITLES if (steering["against"] == against).any()]
    measures = list(dict.fromkeys(steering.loc[steering["against"] == shown[0], "measure"]))
    drawing = Drawing(figsize=(3.7 * len(shown) + 0.9, 0.62 * len(measures) + 2.1))
    panels = drawing.subplots(1, len(shown), sharey=True, squeeze=False)[0]
    rows = {measure: row for row, measure in enumerate(dict.fromkeys(steering["measure"]))}
    for axes, against in zip(panels, shown, strict=True):
        part = steering[steering["against"] == against].assign(row=lambda table: table["measure"].map(rows))
        shuffled = part[part["profile"] == SHUFFLED]
        width = shuffled["ci_high"] - shuffled["ci_low"]
        axes.barh(shuffled["row"], width, 0.8, left=shuffled["ci_low"], color=RULE, label="profiles shuffled, 95 %")
        own = part[part["profile"] == OWN]
        axes.hlines(own["row"], own["ci_low"], own["ci_high"], color=SYNTHETIC, linewidth=1.2)
        for profile, (text, look) in LOOKS.items():
            found = part[part["profile"] == profile]
            axes.plot(found["correlation"], found["row"] + OFFSETS[profile], linestyle="none", label=text, **look)
        axes.axvline(0, color=INK, linewidth=0.8)
        axes.set(xlim=(-1, 1), xlabel="correlation over slides", title=TITLES[against], xticks=(-1, -0.5, 0, 0.5, 1))
        axes.grid(axis="x", color=RULE)
    panels[0].set_yticks(list(rows.values()), [measure.replace("_", " ") for measure in rows])
    panels[0].invert_yaxis()
    handles = {text: handle for handle, text in zip(*panels[0].get_legend_handles_labels(), strict=True)}
    drawing.legend(handles.values(), handles.keys(), loc="outside upper left", ncols=2)
    return Figure(
        name=name,
        title=f"{title}: do tiles follow the expression they were made from?",
        finding=_finding(steering, shown[0]),
        alternative=f"{len(shown)} panels with a row for each of {len(rows)} measurements: correlations as marks.",
        reading=(
            "Of every held-out slide the mean over its synthetic tiles is correlated, over slides, with what the "
            "patient has. The line is the 95 % interval of the own profile (Fisher’s z); grey is where 95 % of the "
            "correlations lie when slides are given each other’s profile at random. Told another patient’s profile (of "
            "the same tissue, with the same noise), tiles should follow that patient (diamond) and no longer this one "
            "(open circle); told the mean profile they should follow nobody."
        ),
        table=steering,
        drawing=drawing,
    )


def _finding(steering: pd.DataFrame, against: str) -> str:
    part = steering[(steering["against"] == against)].set_index(["measure", "profile"])
    own = part.xs(OWN, level="profile")["correlation"]
    best = own.idxmax()
    row, swapped = part.loc[(best, OWN)], part.loc[(best, SWAPPED), "correlation"]
    p_value = decimal(row["p_value"], 3)
    return (
        f"{best.replace('_', ' ').capitalize()} follows most, {TITLES[against]}: r = {signed(row['correlation'])} over "
        f"{int(row['slides'])} held-out slides (p = {p_value} by permutation), {signed(swapped)} when told another "
        f"patient’s profile and {signed(np.round(part.loc[(best, ZEROED), 'correlation'], 6))} told the mean one."
    )
