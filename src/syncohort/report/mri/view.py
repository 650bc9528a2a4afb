"""The images of a cohort, ready for the page: figures, viewer, tables."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from syncohort.mri.judges import METRIC
from syncohort.report.contents import CohortReport
from syncohort.report.figures.dice import dice_plot
from syncohort.report.figures.figure import Download, Rendered, embed, render, tsv
from syncohort.report.figures.montage import montage
from syncohort.report.figures.training_curves import training_curves
from syncohort.report.image_scores import ImageScore, image_scores
from syncohort.report.mri.contents import ImageModelReport
from syncohort.report.mri.viewer import Viewer, make_viewer
from syncohort.report.wording import voxels_of
from syncohort.sources.volumes.cohort import included_subjects
from syncohort.sources.volumes.labels import NESTED, REGIONS


@dataclass(frozen=True)
class ImageModelView:
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
class ImageView:
    """The section of images."""

    subjects: int
    patients: int
    geometry: str
    voxels: pd.DataFrame
    regions: list[str]
    models: list[ImageModelView]


def view_images(report: CohortReport, figures: Path) -> ImageView:
    """Make the section of images, its figures as files in `figures`; the cohort must have images."""
    included = included_subjects(report.images.manifest)
    voxels = included[["brain", "necrosis", "oedema", "enhancing"]].astype(float)
    shapes = included[["shape", "spacing"]].value_counts()
    geometry = "; ".join(f"{voxels_of(shape, spacing)} ({number})" for (shape, spacing), number in shapes.items())
    return ImageView(
        subjects=len(included),
        patients=included["patient_id"].nunique(),
        geometry=geometry,
        voxels=voxels.agg(["median", "min", "max"]).T,
        regions=list(REGIONS),
        models=[_view_model(model, report.name, figures) for model in report.images.models],
    )


def _view_model(model: ImageModelReport, cohort: str, figures: Path) -> ImageModelView:
    prefix = f"mri-{model.name}"
    return ImageModelView(
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


def image_summary(model: ImageModelReport) -> dict[str, Any]:
    """Give the headline of a model as plain values: the best share of the real Dice without real images, texture."""
    ratios = model.dice.pivot_table(index="training_set", columns="region", values="ratio", dropna=False)
    alone = [name for name in ratios.index if name.startswith("synthetic")]
    best = ratios.loc[alone, list(NESTED)].mean(axis=1).idxmax() if alone else None
    scores = model.metrics.set_index("metric")["value"]
    texture = float(scores.get("texture_variance", np.nan))
    return {
        "model": model.name,
        "trained_on": best,
        "dice_ratio": {region: float(ratios.loc[best, region]) for region in NESTED} if best else {},
        "texture": texture if np.isfinite(texture) else None,
    }
