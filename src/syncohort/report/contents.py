"""What a cohort's report is made from, and its reading from the workflow's results."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anndata
import pandas as pd

from syncohort.core.cohort import provenance_of, read_cohort
from syncohort.core.io import read_tsv
from syncohort.core.naming import fold_names
from syncohort.report.expression.contents import SelectionReport, load_selections
from syncohort.report.histology.contents import HistologyReport
from syncohort.report.mri.contents import ImageReport, load_image_report
from syncohort.report.nodule.contents import NoduleReport
from syncohort.report.radiogenomics.contents import RadiogenomicsReport


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
    radiogenomics
        What the wing found; None for a cohort without it.
    images
        The brain MRI of the cohort; None where there is none.
    nodules
        The CT of the cohort; None where there is none.
    histology
        The slides of the cohort; None where there are none.
    provenance
        Record of the cohort: versions, commit, seed, settings, checksums of the inputs.
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
    radiogenomics: RadiogenomicsReport | None
    images: ImageReport | None
    nodules: NoduleReport | None
    histology: HistologyReport | None
    provenance: Mapping[str, Any]
    command: Sequence[str]


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
    images = load_image_report(folder / "mri", settings["mri"]) if "mri" in settings else None
    nodules = NoduleReport.load(folder / "nodule", settings["nodule"]) if "nodule" in settings else None
    histology = None
    if "histology" in settings:
        told = cohort is not None
        histology = HistologyReport.load(folder / "histology", settings["histology"], told=told)
    # Of what there is the first says how it was made.
    imaged = next((wing for wing in (images, nodules, histology) if wing is not None), None)
    return CohortReport(
        name=folder.name,
        title=settings["title"] or folder.name,
        description=settings["description"],
        cohort=cohort,
        splits=read_tsv(folder / "splits.tsv"),
        settings=settings,
        changed=changed,
        selections=load_selections(folder / "expression", settings) if cohort is not None else [],
        images=images,
        nodules=nodules,
        histology=histology,
        radiogenomics=(
            RadiogenomicsReport.load(
                folder / "radiogenomics", settings["radiogenomics"], fold_names(settings["splits"]["folds"])
            )
            if "radiogenomics" in settings
            else None
        ),
        provenance=provenance_of(cohort) if cohort is not None else imaged.provenance,
        command=command,
    )
