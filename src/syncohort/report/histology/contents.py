"""What the section on histology is made from, and its reading from the workflow's results."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd
from PIL import Image

from syncohort.core.io import read_tsv
from syncohort.core.splits import TEST, roles_of_patients
from syncohort.histology.metrics import NOISE, PATIENT
from syncohort.histology.store import TileStore
from syncohort.histology.tiling import kept_tiles
from syncohort.report.image_contents import ImageModelReport, ImageReport, read_images, read_model

# Tiles of a row of the contact sheet.
SHOWN = 10


@dataclass(frozen=True, eq=False)
class TileModelReport(ImageModelReport):
    """One generator of tiles, with what every `ImageModelReport` has.

    Parameters
    ----------
    distances, cells, steering
        Tables of the first judged fold.
    outside
        Other cohort → the table of `prove_outside`; empty for a model of noise.
    quiz
        Where the quiz lies, from the page.
    """

    distances: pd.DataFrame
    cells: pd.DataFrame
    steering: pd.DataFrame
    outside: Mapping[str, pd.DataFrame]
    quiz: str

    @property
    def conditioned(self) -> bool:
        """Whether the model is told expression."""
        return self.settings["condition"] == "expression"


@dataclass(frozen=True, eq=False)
class HistologyReport(ImageReport):
    """The histology of a cohort, with what every `ImageReport` has.

    Parameters
    ----------
    tiles
        The table of all places of the grid.
    sheets
        Tissue → row (`real`, or the name of a model) → (tiles, size, size, 3) uint8, of held-out slides, those of a
        column of the same slide where the model is told which.
    codes
        The table of `map_codes`; None without expression.
    truth
        What was planted in a simulated cohort: `trait`, `module`, `correlation`; None for patients.
    """

    models: Sequence[TileModelReport]
    tiles: pd.DataFrame
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
        common = read_images(folder, "images", settings, partial(_load_model, settings["evaluate"]["outside"]))
        first, models = common["folds"][0], list(settings["models"])
        tiles, splits = read_tsv(folder / "tiles.tsv"), read_tsv(folder.parent / "splits.tsv")
        return cls(
            **common,
            tiles=tiles,
            sheets=contact_sheets(folder, first, models, tiles, splits),
            codes=read_tsv(folder / first / "map.tsv") if told else None,
            truth=read_tsv(folder / "truth.tsv") if "simulated" in settings["source"] else None,
        )

    @property
    def noise(self) -> TileModelReport | None:
        """The first model of noise alone, which those told expression are held against."""
        return next((model for model in self.models if not model.conditioned), None)


def _load_model(
    outside: Sequence[str], folder: Path, name: str, settings: Mapping[str, Any], folds: Sequence[str]
) -> TileModelReport:
    first = folder / folds[0] / name
    distances, cells, steering = (read_tsv(first / f"{table}.tsv") for table in ("distances", "cells", "steering"))
    return TileModelReport(
        **read_model(folder, name, settings, folds),
        distances=distances,
        cells=cells,
        steering=steering,
        outside={
            other: read_tsv(first / "outside" / f"{other}.tsv")
            for other in outside
            if settings["condition"] == "expression"
        },
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
