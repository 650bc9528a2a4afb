"""Steps to equal quality: when a generator told expression is as good as one of noise alone ever becomes."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.figure import Figure as Drawing

from syncohort.histology.convergence import EqualQuality
from syncohort.report.figures.figure import INK, MUTED, REAL, RULE, SYNTHETIC, UP, Figure, styled

COLOURS = (SYNTHETIC, REAL, UP, MUTED)


@styled
def equal_quality_plot(
    histories: Mapping[str, pd.DataFrame], found: Mapping[str, EqualQuality], *, noise: str, name: str
) -> Figure:
    """Draw the smoothed monitors of all models by step.

    Parameters
    ----------
    histories
        Model → history of the first judged fold.
    found
        Model told expression → its steps to equal quality.
    noise
        Model of noise alone that they are held against.
    name
        Name of the figure.
    """
    drawing = Drawing(figsize=(7.0, 3.4))
    axes = drawing.subplots()
    for (model, history), colour in zip(histories.items(), COLOURS, strict=False):
        axes.plot(history["step"], history["monitor"], color=colour, alpha=0.3, linewidth=0.8)
        axes.plot(history["step"], history["monitor_smoothed"], color=colour, linewidth=1.6, label=model)
    reference = next(iter(found.values()))
    axes.axhline(reference.best, color=INK, linewidth=0.8, linestyle=(0, (3, 2)))
    for quality in found.values():
        axes.axvline(quality.steps, color=INK, linewidth=0.6, linestyle=(0, (1, 2)))
    axes.set(xlabel="step", ylabel="kernel distance, validation tiles")
    axes.set_ylim(bottom=0)
    axes.grid(axis="y", color=RULE)
    drawing.legend(loc="outside upper left", ncols=3)
    parts = [_words(model, quality, noise) for model, quality in found.items()]
    table = pd.concat([history.assign(model=model) for model, history in histories.items()], ignore_index=True)
    return Figure(
        name=name,
        title="Steps to equal quality",
        finding=f"{'; '.join(parts)}.",
        alternative=f"The kernel distance by step of {len(histories)} models, falling, with a dashed line at the least "
        f"of {noise}.",
        reading=(
            "Kernel distance of what is counted and measured in tiles made for the validation patients from their real "
            "tiles, as measured (pale) and smoothed exponentially; lower is better. Dashed: the least that noise alone "
            "reaches. Dotted: the first look at which a model told expression is as low. All models have the same "
            "tiles, and unless their settings differ the same layers, law of noise, penalty and rates."
        ),
        table=table[["model", *(column for column in table if column != "model")]],
        drawing=drawing,
    )


def _words(model: str, quality: EqualQuality, noise: str) -> str:
    if quality.steps != quality.steps:
        return f"{model} never becomes as good as {noise} at its best (step {quality.of_noise:,})"
    return (
        f"{model} is at step {quality.steps:,.0f} as good as {noise} at its best, step {quality.of_noise:,}: "
        f"{100 * quality.share:.0f} % of the steps"
    )
