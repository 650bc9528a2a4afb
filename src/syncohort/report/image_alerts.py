"""Alerts that the wings of images share: what was excluded, trainings that were short, and what may be copies."""

from collections.abc import Iterator, Mapping

import pandas as pd

from syncohort.report.alert import Alert
from syncohort.report.wording import count, decimal, names

# A training of fewer steps shows the protocol and no more.
SHORT = 2000
# Share of the distance of held-out images from the training images below which synthetic ones may be copies.
NEAR = 0.5


def excluded_images(manifest: pd.DataFrame, column: str, noun: str, images: str = "") -> Iterator[Alert]:
    """Name what the manifest excludes by its column of names, as in 2 subjects with CT; a slide has several rows."""
    excluded = manifest.loc[manifest["status"] == "excluded", column].unique()
    if len(excluded):
        yield Alert("note", f"{count(len(excluded), noun)}{images} excluded: {names(excluded)}.")


def short_training(model: str, histories: Mapping[str, pd.DataFrame], untold: str) -> Iterator[Alert]:
    """Warn of a training of few steps, from the histories of the folds; `untold` is what it does not tell."""
    steps = max(int(history["step"].iloc[-1]) for history in histories.values())
    if steps < SHORT:
        text = f"trained for {steps:,} steps only. So short a training shows the protocol and does not tell {untold}."
        yield Alert("warning", f"{model}: {text}")


def near_training(model: str, ratio: float, noun: str) -> Iterator[Alert]:
    """Warn where synthetic images are much nearer to the nearest training image than held-out ones are."""
    if ratio < NEAR:
        text = f"synthetic {noun}s are {decimal(ratio, 2)} times as far from the nearest training {noun}"
        yield Alert("warning", f"{model}: {text} as held-out ones are: some may be copies.")
