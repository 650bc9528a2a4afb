"""What the section on brain MRI is made from, and its reading from the workflow's results."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import pandas as pd

from syncohort.core.io import read_tsv
from syncohort.mri.dice_summary import summarise_scores
from syncohort.mri.preparation import PreparedSubject
from syncohort.report.image_contents import ImageModelReport, ImageReport, read_images, read_model


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
class MriModelReport(ImageModelReport):
    """One generator of brains, with what every `ImageModelReport` has.

    Parameters
    ----------
    dice
        The table of `summarise_scores` over the held-out subjects of all judged folds.
    example
        The first held-out subject by name.
    """

    dice: pd.DataFrame
    example: Example


@dataclass(frozen=True, eq=False)
class MriReport(ImageReport):
    """The brain MRI of a cohort."""

    models: Sequence[MriModelReport]

    @classmethod
    def load(cls, folder: Path, settings: Mapping[str, Any]) -> Self:
        """Read the results of `results/{cohort}/mri`; `settings` is the complete mapping `mri`."""
        return cls(**read_images(folder, "subjects", settings, _load_model))


def _load_model(folder: Path, name: str, settings: Mapping[str, Any], folds: Sequence[str]) -> MriModelReport:
    places = [folder / fold / name for fold in folds]
    segmentation = pd.concat([read_tsv(place / "segmentation.tsv") for place in places], ignore_index=True)
    shown = sorted((places[0] / "counterparts").glob("*.json"))[0]
    return MriModelReport(
        **read_model(folder, name, settings, folds),
        dice=summarise_scores(segmentation, seed=0),
        example=Example(PreparedSubject.read(folder / "prepared" / shown.name), PreparedSubject.read(shown)),
    )
