"""The section on CT nodules, ready for the page: a sentence, figures and tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from syncohort.nodule.metrics import METRIC
from syncohort.report.figures.conditioning import conditioning_plot
from syncohort.report.figures.figure import Download, Rendered, embed, render, tsv
from syncohort.report.figures.nodule_examples import nodule_examples
from syncohort.report.figures.training_curves import training_curves
from syncohort.report.image_scores import ImageScore, image_scores
from syncohort.report.nodule.comparison import COLUMNS, Column, ComparedModel, compare_models
from syncohort.report.nodule.contents import NoduleModelReport, NoduleReport
from syncohort.report.nodule.genes import MapView, MovingGenes, moving_genes, view_map
from syncohort.report.nodule.verdict import verdict
from syncohort.report.wording import decimal, names, signed, voxels_of, words
from syncohort.sources.volumes.cohort import included_subjects


@dataclass(frozen=True)
class NoduleModelView:
    """A model's figures and tables."""

    name: str
    conditioned: bool
    verdict: str
    examples: Rendered
    conditioning: Rendered | None
    preservation: str
    planted: list[tuple[str, str, float, float]]
    genes: list[MovingGenes]
    map: MapView | None
    scores: list[ImageScore]
    training: Rendered
    downloads: dict[str, Download]


@dataclass(frozen=True)
class NoduleView:
    """The section."""

    subjects: int
    patients: int
    facts: dict[str, str]
    columns: Sequence[Column]
    comparison: list[ComparedModel]
    models: list[NoduleModelView]

    @property
    def verdicts(self) -> dict[str, str]:
        """A sentence for every model that is told genes, by name, or for all where none is."""
        conditioned = [model for model in self.models if model.conditioned]
        return {model.name: model.verdict for model in conditioned or self.models}


def view_nodule(report: NoduleReport, cohort: str, figures: Path) -> NoduleView:
    """Make the section, its figures as files in `figures`; `cohort` is the name that downloads bear."""
    included = included_subjects(report.manifest)
    kinds = report.slices["kind"].value_counts()
    geometry = included[["shape", "spacing"]].value_counts()
    (shape, spacing), number = next(iter(geometry.items()))
    others = f", and {len(geometry) - 1} other grids" if len(geometry) > 1 else ""
    planted = [] if report.truth is None else list(report.truth.itertuples())
    facts = {
        "Volumes": f"{voxels_of(shape, spacing)} ({number}){others}",
        "Slices": f"{kinds.get('nodule', 0):,} with a nodule, {kinds.get('background', 0):,} backgrounds",
    }
    if planted:
        follows = names([f"{words(row.trait)} follows {row.module}" for row in planted])
        facts["Planted"] = f"{follows}, with a correlation of {planted[0].correlation:g}"
    return NoduleView(
        subjects=len(included),
        patients=included["patient_id"].nunique(),
        facts=facts,
        columns=COLUMNS,
        comparison=compare_models(report.models),
        models=[_view_model(model, report, cohort, figures) for model in report.models],
    )


def _view_model(model: NoduleModelReport, report: NoduleReport, cohort: str, figures: Path) -> NoduleModelView:
    prefix = f"nodule-{model.name}"
    tables = {
        "scores": model.metrics,
        "conditioning": model.conditioning,
        "modules": model.modules,
        "attributions": model.attributions,
        "attributed modules": model.attributed_modules,
        **({"separability": model.map.separability} if model.map else {}),
    }
    told = model.conditioned
    return NoduleModelView(
        name=model.name,
        conditioned=told,
        verdict=verdict(model),
        examples=render(
            nodule_examples(model.examples, model=model.name, conditioned=told, name=f"{prefix}-examples"), figures
        ),
        conditioning=render(
            conditioning_plot(model.conditioning, model=model.name, name=f"{prefix}-conditioning"), figures
        )
        if told
        else None,
        preservation=_preservation(model),
        planted=planted_correlations(model, report.truth),
        genes=list(moving_genes(model, report.truth)),
        map=view_map(model, figures),
        scores=image_scores(model.metrics, METRIC),
        training=render(training_curves(model.histories, model=model.name, name=f"{prefix}-training"), figures),
        downloads={
            title: embed(tsv(table), f"{cohort}-{prefix}-{title.replace(' ', '-')}.tsv")
            for title, table in tables.items()
            if len(table)
        },
    )


def planted_correlations(model: NoduleModelReport, truth: pd.DataFrame | None) -> list[tuple[str, str, float, float]]:
    """Give feature, module that it was planted to follow, and their correlation in real and in synthetic nodules."""
    if truth is None or not len(model.modules):
        return []
    table = model.modules.set_index(["module", "feature"])
    return [
        (words(row.trait), row.module, *table.loc[(row.module, row.trait), ["real", "synthetic"]])
        for row in truth.itertuples()
    ]


def _preservation(model: NoduleModelReport) -> str:
    found = model.preservation.get("correlation", np.nan)
    if not np.isfinite(found):
        return ""
    return (
        f"Over all pairs of gene module and feature, correlations in synthetic nodules go with those in real ones with "
        f"r = {signed(found)} (p = {decimal(model.preservation['p_value'])}, patients exchanged "
        f"{model.preservation['permutations']:,} times)."
    )
