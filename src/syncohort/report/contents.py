"""What a cohort's report is made from, and its reading from the workflow's results."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anndata
import pandas as pd

from syncohort.core.cohort import provenance_of, read_cohort
from syncohort.core.io import read_json, read_tsv
from syncohort.core.kinds import read_kind
from syncohort.core.naming import FULL, fold_names
from syncohort.report.histology import HistologyReport
from syncohort.report.images import ImageReport, load_image_report
from syncohort.report.nodules import NoduleReport
from syncohort.report.radiogenomics import RadiogenomicsReport


@dataclass(frozen=True, eq=False)
class ModelReport:
    """One generator on one selection of genes.

    Parameters
    ----------
    name
        Name of the model.
    settings
        Its effective settings.
    histories
        Split → history of the training; empty for a model that trains no network.
    metrics
        Fold → its scores.
    cross_validation
        Scores over all folds.
    learning_curve, self_test
        Learning curve and self-test over all folds.
    model
        The final model's record: genes, best step, provenance.
    synthetic
        Samples of the final model.
    repeats
        How many times the patients were dealt into folds.
    """

    name: str
    settings: Mapping[str, Any]
    histories: Mapping[str, pd.DataFrame]
    metrics: Mapping[str, pd.DataFrame]
    cross_validation: pd.DataFrame
    learning_curve: pd.DataFrame
    self_test: pd.DataFrame
    model: Mapping[str, Any]
    synthetic: anndata.AnnData
    repeats: int


@dataclass(frozen=True, eq=False)
class SelectionReport:
    """One selection of genes and the models trained on it.

    Parameters
    ----------
    name
        `deg`, `pathway`, `list` or `all`.
    removed
        Samples and genes that the filter removed.
    test, fold_change
        Statistics of all patients; None where no selection tests genes.
    genes
        Status of every gene asked for, in the split `full`.
    genes_by_fold
        The same for every fold.
    models
        Models, the one that makes the synthetic cohort first.
    """

    name: str
    removed: pd.DataFrame
    test: pd.DataFrame | None
    fold_change: pd.DataFrame | None
    genes: pd.DataFrame
    genes_by_fold: Mapping[str, pd.DataFrame]
    models: Sequence[ModelReport]

    @property
    def selected(self) -> pd.Index:
        """Names of the selected genes."""
        return pd.Index(self.genes.loc[self.genes["status"] == "selected", "gene"])


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
        selections=_load_selections(folder / "expression", settings) if cohort is not None else [],
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


def _load_selections(wing: Path, settings: Mapping[str, Any]) -> list[SelectionReport]:
    selections, models = settings["expression"]["selections"], settings["expression"]["models"]
    # Other selections show the statistics as well, but only this one makes the workflow compute them.
    tested = "deg" in selections
    return [_load_selection(wing, selection, models, settings["splits"], tested) for selection in selections]


def _load_selection(
    wing: Path, name: str, models: Mapping[str, Mapping[str, Any]], splits: Mapping[str, Any], tested: bool
) -> SelectionReport:
    statistics = wing / "statistics" / FULL
    folds = fold_names(splits["folds"], splits["repeats"])
    return SelectionReport(
        name=name,
        removed=read_tsv(statistics / "removed.tsv"),
        test=read_tsv(statistics / "test.tsv") if tested else None,
        fold_change=read_tsv(statistics / "fold_change.tsv") if tested else None,
        genes=read_tsv(wing / name / FULL / "genes.tsv"),
        genes_by_fold={fold: read_tsv(wing / name / fold / "genes.tsv") for fold in folds},
        models=[
            _load_model(wing / name, model, settings, folds, splits["repeats"]) for model, settings in models.items()
        ],
    )


def _load_model(
    selection: Path, name: str, settings: Mapping[str, Any], folds: Sequence[str], repeats: int
) -> ModelReport:
    final = selection / FULL / name
    trained = read_kind(settings["kind"], "expression").trained
    return ModelReport(
        name=name,
        settings=settings,
        histories={split: read_tsv(selection / split / name / "history.tsv") for split in (FULL, *folds) if trained},
        metrics={fold: read_tsv(selection / fold / name / "metrics.tsv") for fold in folds},
        cross_validation=read_tsv(selection / "cross_validation" / f"{name}.tsv"),
        learning_curve=read_tsv(selection / "cross_validation" / f"{name}.learning_curve.tsv"),
        self_test=read_tsv(selection / "cross_validation" / f"{name}.self_test.tsv"),
        model=read_json(final / "model.json"),
        synthetic=read_cohort(final / "synthetic.h5ad"),
        repeats=repeats,
    )
