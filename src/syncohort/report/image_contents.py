"""What the sections of all image wings are made from: images, judged folds, and every generator over those folds."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from syncohort.core.io import read_json, read_tsv
from syncohort.core.naming import fold_names
from syncohort.report.image_scores import mean_metrics


@dataclass(frozen=True, eq=False)
class ImageModelReport:
    """One generator of images.

    Parameters
    ----------
    name
        Name of the model.
    settings
        Its effective settings.
    histories
        Judged fold → history of the training.
    metrics
        Means over the judged folds: the columns of `metrics.tsv`; intervals only of a single fold.
    model
        The first fold's record: settings as used, best step, provenance.
    """

    name: str
    settings: Mapping[str, Any]
    histories: Mapping[str, pd.DataFrame]
    metrics: pd.DataFrame
    model: Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class ImageReport:
    """The images of a cohort in one wing.

    Parameters
    ----------
    manifest
        The table of all images.
    provenance
        Record of the images: versions, commit, seed, settings, checksums of the inputs.
    folds
        Judged folds.
    models
        Models, in the order of the settings; where one is exported for users, it is the first.
    """

    manifest: pd.DataFrame
    provenance: Mapping[str, Any]
    folds: Sequence[str]
    models: Sequence[ImageModelReport]


def read_images(
    folder: Path, manifest: str, settings: Mapping[str, Any], load_model: Callable[..., ImageModelReport]
) -> dict[str, Any]:
    """Read the fields of an `ImageReport`.

    Parameters
    ----------
    folder
        Results of the wing.
    manifest
        Name of its manifest and of the record beside it, without ending.
    settings
        The wing's complete mapping.
    load_model
        Reads a model, from the folder, the model's name and settings, and the judged folds.
    """
    folds = fold_names(settings["evaluate"]["folds"])
    return {
        "manifest": read_tsv(folder / f"{manifest}.tsv"),
        "provenance": read_json(folder / f"{manifest}.json"),
        "folds": folds,
        "models": [load_model(folder, name, model, folds) for name, model in settings["models"].items()],
    }


def read_model(folder: Path, name: str, settings: Mapping[str, Any], folds: Sequence[str]) -> dict[str, Any]:
    """Read the fields of an `ImageModelReport` from the results of a wing."""
    places = {fold: folder / fold / name for fold in folds}
    return {
        "name": name,
        "settings": settings,
        "histories": {fold: read_tsv(place / "history.tsv") for fold, place in places.items()},
        "metrics": mean_metrics([read_tsv(place / "metrics.tsv") for place in places.values()]),
        "model": read_json(places[folds[0]] / "model.json"),
    }
