"""What the sections on gene expression are made from, and its reading from the workflow's results."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anndata
import pandas as pd

from syncohort.core.cohort import read_cohort
from syncohort.core.io import read_json, read_tsv
from syncohort.core.kinds import read_kind
from syncohort.core.naming import FULL, fold_names


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


def load_selections(wing: Path, settings: Mapping[str, Any]) -> list[SelectionReport]:
    """Read the selections of a cohort.

    Parameters
    ----------
    wing
        `results/{cohort}/expression`.
    settings
        Effective settings of the cohort.
    """
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
