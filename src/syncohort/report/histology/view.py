"""The section on histology, ready for the page: sentences, figures and tables."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from syncohort.histology.metrics import METRIC, SYNTHETIC, TRAINING
from syncohort.histology.steering import DONOR, OWN, SWAPPED, ZEROED
from syncohort.histology.tiling import kept_tiles
from syncohort.report.figures.code_map import code_map
from syncohort.report.figures.contact_sheet import contact_sheet
from syncohort.report.figures.equal_quality import equal_quality_plot
from syncohort.report.figures.figure import Download, Rendered, embed, render, tsv
from syncohort.report.figures.steering import steering_plot
from syncohort.report.figures.training_curves import training_curves
from syncohort.report.histology.contents import HistologyReport, TileModelReport
from syncohort.report.histology.verdict import equal_quality, profile_rows, verdict
from syncohort.report.image_scores import ImageScore, image_scores
from syncohort.report.wording import names
from syncohort.sources.volumes.cohort import included_subjects

DISTANCE = "the kernel distance of what is counted and measured in synthetic tiles from the inner validation patients’"
# Profiles of the table of the proof.
PROOF = {OWN: "Own profile", SWAPPED: "Another’s", DONOR: "Another’s, against that patient", ZEROED: "Mean profile"}


@dataclass(frozen=True)
class TileModelView:
    """A model's figures and tables."""

    name: str
    conditioned: bool
    verdict: str
    steering: list[Rendered]
    proof: list[dict[str, Any]]
    against: str
    scores: list[ImageScore]
    training: Rendered
    quiz: str
    downloads: dict[str, Download]


@dataclass(frozen=True)
class DistanceTable:
    """Distances of real training tiles and of every model's tiles, by tissue, from held-out real tiles of each tissue.

    Parameters
    ----------
    space
        By which features.
    tissues
        Tissues of the held-out real tiles: the columns.
    rows
        Whose tiles, their tissue, and from each column the kernel and the Fréchet distance.
    number
        Tiles of each set.
    """

    space: str
    tissues: list[str]
    rows: list[tuple[str, str, list[tuple[float, float]]]]
    number: int


@dataclass(frozen=True)
class HistologyView:
    """The section."""

    slides: int
    patients: int
    facts: dict[str, str]
    sheets: list[Rendered]
    codes: Rendered | None
    equal_quality: Rendered | None
    distances: list[DistanceTable]
    cells: list[dict[str, Any]]
    models: list[TileModelView]
    proof_titles: list[str]

    @property
    def verdicts(self) -> dict[str, str]:
        """A sentence for every model that is told expression, by name, or for all where none is."""
        conditioned = [model for model in self.models if model.conditioned]
        return {model.name: model.verdict for model in conditioned or self.models}


def view_histology(report: HistologyReport, cohort: str, figures: Path) -> HistologyView:
    """Make the section, its figures as files in `figures`; `cohort` is the name that downloads bear."""
    included = included_subjects(report.manifest)
    conditioned = {model.name: model.conditioned for model in report.models}
    sheets = [
        contact_sheet(sheet, conditioned, tissue=tissue, name=f"histology-tiles-{number}")
        for number, (tissue, sheet) in enumerate(report.sheets.items(), start=1)
    ]
    found, fold = equal_quality(report), report.folds[0]
    drawn = None
    if found:
        histories = {model.name: model.histories[fold] for model in report.models}
        drawn = equal_quality_plot(histories, found, noise=report.noise.name, name="histology-equal-quality")
    return HistologyView(
        slides=included["slide_id"].nunique(),
        patients=included["patient_id"].nunique(),
        facts=_facts(report, included),
        sheets=[render(sheet, figures) for sheet in sheets],
        codes=render(code_map(report.codes, name="histology-codes"), figures) if report.codes is not None else None,
        equal_quality=render(drawn, figures) if drawn else None,
        distances=distance_tables(report),
        cells=cell_rows(report),
        models=[_view_model(model, cohort, figures) for model in report.models],
        proof_titles=list(PROOF.values()),
    )


def _facts(report: HistologyReport, included: pd.DataFrame) -> dict[str, str]:
    kept = kept_tiles(report.tiles)
    meter = report.models[0].model["meter"]
    size, microns = report.models[0].model["size"], meter["microns_per_pixel"]
    rejected = report.tiles.loc[report.tiles["status"] == "rejected", "reason"].value_counts()
    tissues = included.drop_duplicates("slide_id")["tissue"].value_counts()
    facts = {
        "Slides": names([f"{tissue} {number:,}" for tissue, number in tissues.items()]),
        "Tiles": f"{len(kept):,} of {size} × {size} pixels of {microns:g} µm",
    }
    if len(rejected):
        facts["Left out"] = names([f"{number:,} places: {reason}" for reason, number in rejected.items()])
    if report.truth is not None:
        follows = names([f"{row.trait.replace('_', ' ')} follows {row.module}" for row in report.truth.itertuples()])
        facts["Planted"] = f"{follows}, with a correlation of {report.truth['correlation'].iloc[0]:g}"
    return facts


def _view_model(model: TileModelReport, cohort: str, figures: Path) -> TileModelView:
    prefix = f"histology-{model.name}"
    tables = {"scores": model.metrics, "distances": model.distances, "cells": model.cells, "steering": model.steering}
    tables |= {f"steering, patients of {other}": table for other, table in model.outside.items()}
    drawn = [steering_plot(model.steering, title=model.name, name=f"{prefix}-steering")] if model.conditioned else []
    drawn += [
        steering_plot(table, title=f"{model.name}, patients of {other}", name=f"{prefix}-outside-{other.lower()}")
        for other, table in model.outside.items()
    ]
    curves = training_curves(model.histories, model=model.name, name=f"{prefix}-training", monitored=DISTANCE)
    return TileModelView(
        name=model.name,
        conditioned=model.conditioned,
        verdict=verdict(model),
        steering=[render(figure, figures) for figure in drawn],
        proof=proof_rows(model.steering),
        against=profile_rows(model.steering, OWN)[0],
        scores=image_scores(model.metrics, METRIC),
        training=render(curves, figures),
        quiz=model.quiz,
        downloads={
            title: embed(tsv(table), f"{cohort}-{prefix}-{title}.tsv") for title, table in tables.items() if len(table)
        },
    )


def proof_rows(steering: pd.DataFrame) -> list[dict[str, Any]]:
    """Give a row per measurement: of every profile its correlation, interval and p-value, in the order of `PROOF`."""
    found = [profile_rows(steering, profile)[1] for profile in PROOF]
    return [
        {"measure": measure.replace("_", " ").capitalize(), "profiles": [rows.loc[measure].to_dict() for rows in found]}
        for measure in found[0].index
    ]


def distance_tables(report: HistologyReport) -> list[DistanceTable]:
    """Lay out the distances of all models beside those of real training tiles, a table for each space."""
    parts = [_of(report.models[0], TRAINING).assign(whose=TRAINING)]
    parts += [_of(model, SYNTHETIC).assign(whose=model.name) for model in report.models]
    every = pd.concat(parts, ignore_index=True)
    tables = []
    for space, found in every.groupby("space", sort=False):
        tissues = sorted(found["against"].unique())
        wide = found.pivot_table(index=["whose", "tissue"], columns=["metric", "against"], values="value", sort=False)
        kernel, frechet = (wide[metric][tissues].to_numpy() for metric in ("mmd", "frechet"))
        pairs = [list(zip(*row, strict=True)) for row in zip(kernel, frechet, strict=True)]
        rows = [(*of_row, values) for of_row, values in zip(wide.index, pairs, strict=True)]
        tables.append(DistanceTable(str(space), tissues, rows, int(found["n"].iloc[0])))
    return tables


def _of(model: TileModelReport, tiles: str) -> pd.DataFrame:
    return model.distances[model.distances["tiles"] == tiles]


def cell_rows(report: HistologyReport) -> list[dict[str, Any]]:
    """Give a row per tissue and measurement: mean and deviation of real tiles, mean and difference of every model's."""
    rows = []
    for (tissue, measure), real in report.models[0].cells.groupby(["tissue", "measure"], sort=False):
        models = []
        for model in report.models:
            [row] = model.cells.query("tissue == @tissue and measure == @measure").to_dict("records")
            models.append({"mean": row["synthetic_mean"], "difference": row["difference"]})
        first = real.iloc[0]
        shared = {"tissue": tissue, "measure": measure.replace("_", " ").capitalize()}
        rows.append({**shared, "mean": first["real_mean"], "deviation": first["real_deviation"], "models": models})
    return rows
