"""Training curves: the critic's estimate, or else the loss, and the validation monitor of every split."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.figure import Figure as Drawing

from syncohort.report.figures.figure import INK, MUTED, REAL, RULE, SYNTHETIC, Figure, styled

MOST_POINTS = 300
DISTANCE = "a distance between synthetic samples and the inner validation patients"
WASSERSTEIN = " of the Wasserstein distance, the negative of its loss"


def best_step(history: pd.DataFrame) -> int:
    """Step whose weights are kept: the least smoothed monitor."""
    return int(history.loc[history["monitor_smoothed"].idxmin(), "step"])


@styled
def training_curves(
    histories: Mapping[str, pd.DataFrame], *, model: str, name: str, monitored: str = DISTANCE
) -> Figure:
    """Draw the critic's estimate, or the loss of a network without a critic, above the monitor, one column per split.

    Parameters
    ----------
    histories
        Split to its history: `step`, losses, `monitor`, `monitor_smoothed`; the monitor may be empty at steps that were
        not validated. Of the losses `critic_loss` is drawn, its sign changed, or where there is none the first.
    model
        Name of the model.
    name
        Name of the figure.
    monitored
        What the monitor is.
    """
    drawing = Drawing(figsize=(max(1.55 * len(histories) + 0.6, 4.0), 3.9))
    rows = drawing.subplots(2, len(histories), sharex="col", sharey="row", squeeze=False)
    steps = {}
    loss = next(column for column in next(iter(histories.values())) if column != "step")
    critic = loss == "critic_loss"
    curve = "critic’s estimate" if critic else loss.replace("_", " ")
    for (split, history), (upper, lower) in zip(histories.items(), rows.T, strict=True):
        looked = history.dropna(subset=["monitor"])
        steps[split] = best_step(looked)
        upper.plot(*_thinned(history["step"], -history[loss] if critic else history[loss]), color=MUTED, linewidth=1)
        lower.plot(*_thinned(looked["step"], looked["monitor"]), color=SYNTHETIC, linewidth=0.8, alpha=0.55)
        lower.plot(*_thinned(looked["step"], looked["monitor_smoothed"]), color=REAL, linewidth=1.5)
        for axes in (upper, lower):
            axes.axvline(steps[split], color=INK, linewidth=0.8, linestyle=(0, (3, 2)))
            axes.grid(axis="y", color=RULE)
            axes.locator_params(axis="x", nbins=3)
        upper.set_title(split)
        upper.tick_params(bottom=False)
    rows[0, 0].set_ylabel(curve)
    rows[1, 0].set_ylabel("validation monitor")
    drawing.supxlabel("step", fontsize=10, color=INK)

    lasts = {split: int(history["step"].iloc[-1]) for split, history in histories.items()}
    at_end = [split for split in histories if steps[split] == lasts[split]]
    table = pd.concat([history.assign(split=split) for split, history in histories.items()], ignore_index=True)
    table["best"] = table["step"] == table["split"].map(steps)
    first, last = min(steps.values()), max(steps.values())
    return Figure(
        name=name,
        title=f"{model}: training of every split",
        finding=(
            f"The best smoothed monitor lies {f'between steps {first:,} and' if first < last else 'at step'} {last:,}; "
            + _how_it_ended(len(at_end), len(histories))
        ),
        alternative=(
            f"{len(histories)} columns, one for each split. Top: the {curve} by step. Bottom: the "
            "monitor by step, raw and smoothed, with a dashed line at the best step."
        ),
        reading=(
            "Blue: the monitor, smoothed exponentially; orange: as measured. It is "
            f"{monitored}, so lower is better; the dashed line marks the step whose weights are kept. Grey: the "
            f"{curve}{WASSERSTEIN if critic else ''}; it shows whether training is stable, "
            "not whether it is good, and decides nothing. The outer test fold plays no part."
        ),
        table=table[["split", *(column for column in table if column != "split")]],
        drawing=drawing,
    )


def _thinned(steps: pd.Series, values: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Mean of neighbouring points, so that a long training does not make a heavy page."""
    known = values.notna().to_numpy()
    bins = np.array_split(np.arange(known.sum()), min(known.sum(), MOST_POINTS))
    steps, values = steps.to_numpy()[known], values.to_numpy()[known]
    return np.array([steps[part].mean() for part in bins]), np.array([values[part].mean() for part in bins])


def _how_it_ended(improving: int, trainings: int) -> str:
    if trainings == 1:
        return f"it {'was still' if improving else 'had stopped'} improving when the training ended."
    if improving:
        return f"{improving} of {trainings} trainings were still improving when they ended."
    return f"all {trainings} trainings had stopped improving before they ended."
