"""What the section on histology is made from, and its reading from the workflow's results."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd
from PIL import Image

from syncohort.core.io import read_json, read_tsv
from syncohort.core.naming import fold_names
from syncohort.core.splits import TEST, roles_of_patients
from syncohort.histology.metrics import NOISE, PATIENT
from syncohort.histology.store import TileStore
from syncohort.histology.tiling import kept_tiles
from syncohort.report.image_scores import mean_metrics

# Tiles of a row of the contact sheet.
SHOWN = 10


@dataclass(frozen=True, eq=False)
class TileModelReport:
    """One generator of tiles.

    Parameters
    ----------
    name
        Name of the model.
    settings
        Its effective settings.
    histories
        Judged fold → history of the training.
    metrics
        Means over the judged folds: the columns of `metrics.tsv`.
    distances, cells, steering
        Tables of the first judged fold.
    outside
        Other cohort → the table of `prove_outside`; empty for a model of noise.
    model
        The first fold's record.
    quiz
        Where the quiz lies, from the page.
    """

    name: str
    settings: Mapping[str, Any]
    histories: Mapping[str, pd.DataFrame]
    metrics: pd.DataFrame
    distances: pd.DataFrame
    cells: pd.DataFrame
    steering: pd.DataFrame
    outside: Mapping[str, pd.DataFrame]
    model: Mapping[str, Any]
    quiz: str

    @property
    def conditioned(self) -> bool:
        """Whether the model is told expression."""
        return self.settings["condition"] == "expression"


@dataclass(frozen=True, eq=False)
class HistologyReport:
    """The histology of a cohort.

    Parameters
    ----------
    manifest
        The table of all images.
    tiles
        The table of all places of the grid.
    provenance
        Record of the images.
    folds
        Judged folds.
    models
        Models, in the order of the settings.
    sheets
        Tissue → row (`real`, or the name of a model) → (tiles, size, size, 3) uint8, of held-out slides, those of a
        column of the same slide where the model is told which.
    codes
        The table of `map_codes`; None without expression.
    truth
        What was planted in a simulated cohort: `trait`, `module`, `correlation`; None for patients.
    """

    manifest: pd.DataFrame
    tiles: pd.DataFrame
    provenance: Mapping[str, Any]
    folds: Sequence[str]
    models: Sequence[TileModelReport]
    sheets: Mapping[str, Mapping[str, np.ndarray]]
    codes: pd.DataFrame | None
    truth: pd.DataFrame | None

    @classmethod
    def load(cls, folder: Path, settings: Mapping[str, Any], *, told: bool) -> Self:
        """Read the results of `results/{cohort}/histology`.

        Parameters
        ----------
        folder
            The folder.
        settings
            The complete mapping `histology`.
        told
            Whether the cohort has expression.
        """
        folds = fold_names(settings["evaluate"]["folds"])
        tiles, splits = read_tsv(folder / "tiles.tsv"), read_tsv(folder.parent / "splits.tsv")
        return cls(
            manifest=read_tsv(folder / "images.tsv"),
            tiles=tiles,
            provenance=read_json(folder / "images.json"),
            folds=folds,
            models=[
                _load_model(folder, name, model, folds, settings["evaluate"]["outside"])
                for name, model in settings["models"].items()
            ],
            sheets=contact_sheets(folder, folds[0], list(settings["models"]), tiles, splits),
            codes=read_tsv(folder / folds[0] / "map.tsv") if told else None,
            truth=read_tsv(folder / "truth.tsv") if "simulated" in settings["source"] else None,
        )

    @property
    def noise(self) -> TileModelReport | None:
        """The first model of noise alone, which those told expression are held against."""
        return next((model for model in self.models if not model.conditioned), None)


def _load_model(
    folder: Path, name: str, settings: Mapping[str, Any], folds: Sequence[str], outside: Sequence[str]
) -> TileModelReport:
    places = [folder / fold / name for fold in folds]
    distances, cells, steering = (read_tsv(places[0] / f"{table}.tsv") for table in ("distances", "cells", "steering"))
    return TileModelReport(
        name=name,
        settings=settings,
        histories={fold: read_tsv(place / "history.tsv") for fold, place in zip(folds, places, strict=True)},
        metrics=mean_metrics([read_tsv(place / "metrics.tsv") for place in places]),
        distances=distances,
        cells=cells,
        steering=steering,
        outside={
            other: read_tsv(places[0] / "outside" / f"{other}.tsv")
            for other in outside
            if settings["condition"] == "expression"
        },
        model=read_json(places[0] / "model.json"),
        quiz=f"{folder.name}/{folds[0]}/{name}/quiz.html",
    )


def contact_sheets(
    folder: Path, fold: str, models: Sequence[str], tiles: pd.DataFrame, splits: pd.DataFrame
) -> dict[str, dict[str, np.ndarray]]:
    """Lay out real and synthetic tiles of held-out slides, tissue by tissue.

    The slides are the first by name, not by looks, up to 10 of each tissue, and the first tile of each is shown. A
    model without expression makes tiles of no slide: its first ones are shown with every tissue.

    Returns
    -------
    dict
        Tissue → row → (tiles, size, size, 3).
    """
    tiles = kept_tiles(tiles)
    held_out = tiles[(roles_of_patients(tiles["patient_id"], splits, fold) == TEST).to_numpy()]
    made = {model: folder / fold / model / "synthetic" for model in models}
    lists = {model: read_tsv(place / "tiles.tsv") for model, place in made.items()}
    sheets = {}
    with TileStore(folder / "tiles.zip") as store:
        for tissue, rows in held_out.groupby("tissue"):
            slides = rows.sort_values("tile_id").drop_duplicates("patient_id")
            for table in lists.values():
                known = table.loc[(table["made_for"] == PATIENT) & (table["tissue"] == tissue), "patient_id"]
                slides = slides[slides["patient_id"].isin(known)] if len(known) else slides
            slides = slides.head(SHOWN)
            if slides.empty:
                continue
            paths = {model: _paths_of(table, slides["patient_id"], str(tissue)) for model, table in lists.items()}
            synthetic = {model: _read_images(made[model], found) for model, found in paths.items() if len(found)}
            sheets[str(tissue)] = {"real": store.read(slides["tile_id"]), **synthetic}
    return sheets


def _paths_of(made: pd.DataFrame, patients: pd.Series, tissue: str) -> pd.Series:
    """Path of the first tile of every patient, or of as many tiles of noise."""
    own = made[(made["made_for"] == PATIENT) & (made["tissue"] == tissue)]
    if len(own):
        return own.drop_duplicates("patient_id").set_index("patient_id").loc[patients, "path"]
    return made.loc[made["made_for"] == NOISE, "path"].head(len(patients))


def _read_images(folder: Path, paths: pd.Series) -> np.ndarray:
    tiles = []
    for path in paths:
        with Image.open(folder / path) as image:
            tiles.append(np.asarray(image.convert("RGB")))
    return np.stack(tiles)
