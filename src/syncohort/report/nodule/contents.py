"""What the section on CT nodules is made from, and its reading from the workflow's results."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import pandas as pd

from syncohort.core.io import read_json, read_tsv
from syncohort.nodule.radiogenomic_map import RadiogenomicMap
from syncohort.nodule.slices import Slices
from syncohort.report.image_contents import ImageModelReport, ImageReport, read_images, read_model


@dataclass(frozen=True, eq=False)
class NoduleModelReport(ImageModelReport):
    """One generator of nodules, with what every `ImageModelReport` has.

    Parameters
    ----------
    conditioning, modules, preservation
        What the first judged fold says of the genes; empty tables and an empty mapping for a model without any.
    attributions, attributed_modules
        Which genes move the nodules of the first judged fold; empty for a model without any.
    map
        The radiogenomic map of the first judged fold; None for a model without genes.
    examples
        Slices to show, of the first judged fold.
    """

    conditioning: pd.DataFrame
    modules: pd.DataFrame
    preservation: Mapping[str, float]
    attributions: pd.DataFrame
    attributed_modules: pd.DataFrame
    map: RadiogenomicMap | None
    examples: Slices

    @property
    def conditioned(self) -> bool:
        """Whether the model is told genes."""
        return self.settings["conditioned"]


@dataclass(frozen=True, eq=False)
class NoduleReport(ImageReport):
    """The CT of a cohort, with what every `ImageReport` has.

    Parameters
    ----------
    slices
        The table of prepared slices.
    truth
        What was planted in a simulated cohort: `trait`, `module`, `correlation`; None for patients.
    """

    models: Sequence[NoduleModelReport]
    slices: pd.DataFrame
    truth: pd.DataFrame | None

    @classmethod
    def load(cls, folder: Path, settings: Mapping[str, Any]) -> Self:
        """Read the results of `results/{cohort}/nodule`; `settings` is the complete mapping `nodule`."""
        return cls(
            **read_images(folder, "subjects", settings, _load_model),
            slices=read_tsv(folder / "slices.tsv"),
            truth=read_tsv(folder / "truth.tsv") if "simulated" in settings["source"] else None,
        )


def _load_model(folder: Path, name: str, settings: Mapping[str, Any], folds: Sequence[str]) -> NoduleModelReport:
    first, told = folder / folds[0] / name, settings["conditioned"]
    of_genes = ("conditioning", "modules", "attributions", "attributed_modules")
    mapped = ("map", "map_variables", "separability")
    return NoduleModelReport(
        **read_model(folder, name, settings, folds),
        **{table: read_tsv(first / f"{table}.tsv") if told else pd.DataFrame() for table in of_genes},
        preservation=read_json(first / "preservation.json"),
        map=RadiogenomicMap(*(read_tsv(first / f"{table}.tsv") for table in mapped)) if told else None,
        examples=Slices.read(first / "examples.safetensors"),
    )
