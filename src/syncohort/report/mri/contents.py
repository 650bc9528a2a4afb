"""What the section on brain MRI is made from, and its reading from the workflow's results."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import pandas as pd

from syncohort.core.io import read_json, read_tsv
from syncohort.core.naming import fold_names
from syncohort.mri.dice_summary import summarise_scores
from syncohort.mri.preparation import PreparedSubject
from syncohort.report.image_scores import mean_metrics


@dataclass(frozen=True, eq=False)
class Example:
    """A held-out subject and what a model made of its label.

    Parameters
    ----------
    real
        The prepared subject.
    synthetic
        Its counterpart.
    """

    real: PreparedSubject
    synthetic: PreparedSubject


@dataclass(frozen=True, eq=False)
class MriModelReport:
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
    dice
        The table of `summarise_scores` over the held-out subjects of all judged folds.
    model
        The first fold's record: settings as used, best step, provenance.
    example
        The first held-out subject by name.
    """

    name: str
    settings: Mapping[str, Any]
    histories: Mapping[str, pd.DataFrame]
    metrics: pd.DataFrame
    dice: pd.DataFrame
    model: Mapping[str, Any]
    example: Example


@dataclass(frozen=True, eq=False)
class MriReport:
    """The brain MRI of a cohort.

    Parameters
    ----------
    manifest
        The table of all subjects.
    provenance
        Record of the images: versions, commit, seed, settings, checksums of the inputs.
    folds
        Judged folds.
    models
        Models, the one whose subjects users take away first.
    """

    manifest: pd.DataFrame
    provenance: Mapping[str, Any]
    folds: Sequence[str]
    models: Sequence[MriModelReport]

    @classmethod
    def load(cls, folder: Path, settings: Mapping[str, Any]) -> Self:
        """Read the results of `results/{cohort}/mri`; `settings` is the complete mapping `mri`."""
        folds = fold_names(settings["evaluate"]["folds"])
        return cls(
            manifest=read_tsv(folder / "subjects.tsv"),
            provenance=read_json(folder / "subjects.json"),
            folds=folds,
            models=[_load_model(folder, name, model, folds) for name, model in settings["models"].items()],
        )


def _load_model(folder: Path, name: str, settings: Mapping[str, Any], folds: Sequence[str]) -> MriModelReport:
    places = [folder / fold / name for fold in folds]
    segmentation = pd.concat([read_tsv(place / "segmentation.tsv") for place in places], ignore_index=True)
    shown = sorted((places[0] / "counterparts").glob("*.json"))[0]
    return MriModelReport(
        name=name,
        settings=settings,
        histories={fold: read_tsv(place / "history.tsv") for fold, place in zip(folds, places, strict=True)},
        metrics=mean_metrics([read_tsv(place / "metrics.tsv") for place in places]),
        dice=summarise_scores(segmentation, seed=0),
        model=read_json(places[0] / "model.json"),
        example=Example(PreparedSubject.read(folder / "prepared" / shown.name), PreparedSubject.read(shown)),
    )
