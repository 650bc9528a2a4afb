"""What a cohort's report is made from, and its reading from the workflow's results."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anndata
import pandas as pd

from syncohort.core.cohort import provenance_of, read_cohort
from syncohort.core.io import read_tsv
from syncohort.core.naming import IMAGE_WINGS, fold_names
from syncohort.report.expression.contents import SelectionReport, load_selections
from syncohort.report.histology.contents import HistologyReport
from syncohort.report.mri.contents import MriReport
from syncohort.report.nodule.contents import NoduleReport
from syncohort.report.radiogenomics.contents import RadiogenomicsReport

# Wings beside gene expression, in the order of the page.
WINGS = (*IMAGE_WINGS, "radiogenomics")


@dataclass(frozen=True, eq=False)
class CohortReport:
    """Everything a cohort's page shows.

    Parameters
    ----------
    name
        Name of the cohort in paths and in the configuration.
    title, description
        The cohort as readers know it.
    cohort
        The real cohort of gene expression; None where there is none.
    splits
        Patients and their role in every split.
    settings
        Effective settings.
    changed
        Dotted keys of the settings that differ from their default.
    selections
        Selections of genes, in the order of the configuration.
    mri, nodule, histology, radiogenomics
        Results of the wings; None of those that the cohort is without.
    provenance
        Record of the cohort, or without expression of its images: versions, commit, seed, settings, checksums of the
        inputs.
    command
        Commands that make the same results again, one per line.
    """

    name: str
    title: str
    description: str
    cohort: anndata.AnnData | None
    splits: pd.DataFrame
    settings: Mapping[str, Any]
    changed: frozenset[str]
    selections: Sequence[SelectionReport]
    mri: MriReport | None
    nodule: NoduleReport | None
    histology: HistologyReport | None
    radiogenomics: RadiogenomicsReport | None
    provenance: Mapping[str, Any]
    command: Sequence[str]

    @property
    def wings(self) -> dict[str, MriReport | NoduleReport | HistologyReport | RadiogenomicsReport]:
        """Results of the wings that the cohort has beside gene expression, by name, in the order of the page."""
        wings = {name: getattr(self, name) for name in WINGS}
        return {name: results for name, results in wings.items() if results is not None}

    @property
    def imaged(self) -> dict[str, MriReport | NoduleReport | HistologyReport]:
        """Results of the wings of images that the cohort has, by name."""
        return {name: results for name, results in self.wings.items() if name in IMAGE_WINGS}

    @property
    def datasets(self) -> list[Mapping[str, Any]]:
        """Public datasets that expression and images were read from."""
        records = [self.provenance, *(results.provenance for results in self.imaged.values())]
        return [dataset for record in records for dataset in record.get("datasets", [])]


def load_cohort_report(
    folder: str | Path, *, settings: Mapping[str, Any], changed: frozenset[str], command: Sequence[str]
) -> CohortReport:
    """Read a cohort's report from its results.

    Parameters
    ----------
    folder
        `results/{cohort}`.
    settings
        Effective settings of the cohort, which name its selections, models and folds.
    changed
        Dotted keys of the settings that differ from their default.
    command
        Commands that make the same results again.
    """
    folder = Path(folder)
    cohort = read_cohort(folder / "cohort.h5ad") if "source" in settings else None
    wings = dict.fromkeys(WINGS)
    if "mri" in settings:
        wings["mri"] = MriReport.load(folder / "mri", settings["mri"])
    if "nodule" in settings:
        wings["nodule"] = NoduleReport.load(folder / "nodule", settings["nodule"])
    if "histology" in settings:
        told = cohort is not None
        wings["histology"] = HistologyReport.load(folder / "histology", settings["histology"], told=told)
    if "radiogenomics" in settings:
        folds = fold_names(settings["splits"]["folds"])
        wings["radiogenomics"] = RadiogenomicsReport.load(folder / "radiogenomics", settings["radiogenomics"], folds)
    # Without expression, the first wing there is says how it was made.
    first = next((results for results in wings.values() if results is not None), None)
    return CohortReport(
        name=folder.name,
        title=settings["title"] or folder.name,
        description=settings["description"],
        cohort=cohort,
        splits=read_tsv(folder / "splits.tsv"),
        settings=settings,
        changed=changed,
        selections=load_selections(folder / "expression", settings) if cohort is not None else [],
        **wings,
        provenance=provenance_of(cohort) if cohort is not None else first.provenance,
        command=command,
    )
