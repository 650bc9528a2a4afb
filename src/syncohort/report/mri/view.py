"""The section on brain MRI, ready for the page: figures, viewer, tables."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from syncohort.mri.metrics import METRIC
from syncohort.report.figures.dice import dice_plot
from syncohort.report.figures.figure import Download, Rendered, embed, render, tsv
from syncohort.report.figures.montage import montage
from syncohort.report.figures.training_curves import training_curves
from syncohort.report.image_scores import ImageScore, image_scores
from syncohort.report.mri.contents import MriModelReport, MriReport
from syncohort.report.mri.viewer import Viewer, make_viewer
from syncohort.report.wording import voxels_of
from syncohort.sources.volumes.cohort import included_subjects
from syncohort.sources.volumes.labels import REGIONS


@dataclass(frozen=True)
class MriModelView:
    """A model's figures and tables."""

    name: str
    dice: Rendered
    dice_rows: list[dict[str, Any]]
    montage: Rendered
    viewer: Viewer
    training: Rendered
    scores: list[ImageScore]
    scores_download: Download


@dataclass(frozen=True)
class MriView:
    """The section."""

    subjects: int
    patients: int
    geometry: str
    voxels: pd.DataFrame
    regions: list[str]
    models: list[MriModelView]

    @property
    def verdicts(self) -> dict[str, str]:
        """A sentence for every model, by name."""
        return {model.name: model.dice.figure.finding for model in self.models}


def view_mri(report: MriReport, cohort: str, figures: Path) -> MriView:
    """Make the section, its figures as files in `figures`; `cohort` is the name that downloads bear."""
    included = included_subjects(report.manifest)
    voxels = included[["brain", "necrosis", "oedema", "enhancing"]].astype(float)
    shapes = included[["shape", "spacing"]].value_counts()
    geometry = "; ".join(f"{voxels_of(shape, spacing)} ({number})" for (shape, spacing), number in shapes.items())
    return MriView(
        subjects=len(included),
        patients=included["patient_id"].nunique(),
        geometry=geometry,
        voxels=voxels.agg(["median", "min", "max"]).T,
        regions=list(REGIONS),
        models=[_view_model(model, cohort, figures) for model in report.models],
    )


def _view_model(model: MriModelReport, cohort: str, figures: Path) -> MriModelView:
    prefix = f"mri-{model.name}"
    return MriModelView(
        name=model.name,
        dice=render(dice_plot(model.dice, model=model.name, name=f"{prefix}-dice"), figures),
        dice_rows=dice_rows(model.dice),
        montage=render(montage(model.example, model=model.name, name=f"{prefix}-montage"), figures),
        viewer=make_viewer(model.example, f"{prefix}-viewer"),
        training=render(training_curves(model.histories, model=model.name, name=f"{prefix}-training"), figures),
        scores=image_scores(model.metrics, METRIC),
        scores_download=embed(tsv(model.metrics), f"{cohort}-{prefix}-scores.tsv"),
    )


def dice_rows(dice: pd.DataFrame) -> list[dict[str, Any]]:
    """Give a row per training set: its name and the scores of each region, in the order of `REGIONS`."""
    return [
        {"training_set": name, "scores": rows.set_index("region").loc[list(REGIONS)].to_dict("records")}
        for name, rows in dice.groupby("training_set", sort=False)
    ]
