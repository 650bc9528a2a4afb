"""What the section on CT nodules is made from, and its reading from the workflow's results."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import pandas as pd

from syncohort.core.io import read_json, read_tsv
from syncohort.core.naming import fold_names
from syncohort.nodule.radiogenomic_map import RadiogenomicMap
from syncohort.nodule.slices import Slices
from syncohort.report.image_scores import mean_metrics


@dataclass(frozen=True, eq=False)
class NoduleModelReport:
    """One generator of nodules.

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
    conditioning, modules, preservation
        What the first judged fold says of the genes; empty tables and an empty mapping for a model without any.
    attributions, attributed_modules
        Which genes move the nodules of the first judged fold; empty for a model without any.
    map
        The radiogenomic map of the first judged fold; None for a model without genes.
    examples
        Slices to show, of the first judged fold.
    model
        The first fold's record.
    """

    name: str
    settings: Mapping[str, Any]
    histories: Mapping[str, pd.DataFrame]
    metrics: pd.DataFrame
    conditioning: pd.DataFrame
    modules: pd.DataFrame
    preservation: Mapping[str, float]
    attributions: pd.DataFrame
    attributed_modules: pd.DataFrame
    map: RadiogenomicMap | None
    examples: Slices
    model: Mapping[str, Any]

    @property
    def conditioned(self) -> bool:
        """Whether the model is told genes."""
        return self.settings["conditioned"]


@dataclass(frozen=True, eq=False)
class NoduleReport:
    """The CT of a cohort.

    Parameters
    ----------
    manifest
        The table of all subjects.
    slices
        The table of prepared slices.
    provenance
        Record of the images.
    folds
        Judged folds.
    models
        Models, the one whose slices users take away first.
    truth
        What was planted in a simulated cohort: `trait`, `module`, `correlation`; None for patients.
    """

    manifest: pd.DataFrame
    slices: pd.DataFrame
    provenance: Mapping[str, Any]
    folds: Sequence[str]
    models: Sequence[NoduleModelReport]
    truth: pd.DataFrame | None

    @classmethod
    def load(cls, folder: Path, settings: Mapping[str, Any]) -> Self:
        """Read the results of `results/{cohort}/nodule`; `settings` is the complete mapping `nodule`."""
        folds = fold_names(settings["evaluate"]["folds"])
        return cls(
            manifest=read_tsv(folder / "subjects.tsv"),
            slices=read_tsv(folder / "slices.tsv"),
            provenance=read_json(folder / "subjects.json"),
            folds=folds,
            models=[_load_model(folder, name, model, folds) for name, model in settings["models"].items()],
            truth=read_tsv(folder / "truth.tsv") if "simulated" in settings["source"] else None,
        )


def _load_model(folder: Path, name: str, settings: Mapping[str, Any], folds: Sequence[str]) -> NoduleModelReport:
    places = [folder / fold / name for fold in folds]
    told = settings["conditioned"]
    of_genes = ("conditioning", "modules", "attributions", "attributed_modules")
    mapped = ("map", "map_variables", "separability")
    return NoduleModelReport(
        name=name,
        settings=settings,
        histories={fold: read_tsv(place / "history.tsv") for fold, place in zip(folds, places, strict=True)},
        metrics=mean_metrics([read_tsv(place / "metrics.tsv") for place in places]),
        **{table: read_tsv(places[0] / f"{table}.tsv") if told else pd.DataFrame() for table in of_genes},
        preservation=read_json(places[0] / "preservation.json"),
        map=RadiogenomicMap(*(read_tsv(places[0] / f"{table}.tsv") for table in mapped)) if told else None,
        examples=Slices.read(places[0] / "examples.safetensors"),
        model=read_json(places[0] / "model.json"),
    )
