"""The sections on gene expression, ready for the page: figures, tables, verdicts."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from syncohort.core.cohort import curation_of, scale_of
from syncohort.expression.metrics import METRICS
from syncohort.realism.comparison import CEILING
from syncohort.realism.privacy import CEILING as PRIVACY_CEILING
from syncohort.report.contents import CohortReport
from syncohort.report.datasets import describe, licences
from syncohort.report.expression.contents import SelectionReport
from syncohort.report.expression.findings import QUESTION, SUBJECT
from syncohort.report.expression.model_view import ModelView, view_model
from syncohort.report.expression.scores import Score, score_table, scores_by_axis
from syncohort.report.expression.self_test import CONTROLS, self_test_finding, self_test_rows
from syncohort.report.expression.verdict import THRESHOLDS, USES, conclusion
from syncohort.report.figures.figure import Download, Rendered, embed, render, tsv
from syncohort.report.figures.volcano import volcano
from syncohort.report.summary import CohortNumbers
from syncohort.report.wording import SELECTIONS, count

GENES_LISTED = 20


@dataclass(frozen=True)
class SelectionView:
    """A selection's genes, scores and models, ready for the page."""

    name: str
    title: str
    genes: int
    genes_table: pd.DataFrame
    genes_download: Download
    left_out: dict[str, list[str]]
    stability: str
    volcano: Rendered | None
    scores: dict[str, dict[str, list[Score]]]
    scores_download: Download
    models: list[ModelView]


def view_expression(report: CohortReport, figures: Path) -> dict[str, Any]:
    """Give what the page shows of gene expression, by the names of the template."""
    tested = self_test_rows(report)
    selections = [_selection_view(selection, report, figures) for selection in report.selections]
    return {
        "numbers": CohortNumbers.of(report.cohort),
        "facts": _facts(report),
        "curation": curation_of(report.cohort),
        "selections": selections,
        "uses": USES,
        "conclusion": conclusion([model.verdicts for selection in selections for model in selection.models]),
        "self_test": tested,
        "self_test_finding": self_test_finding(tested),
        "controls": CONTROLS,
        "metrics": METRICS,
        "subjects": SUBJECT,
        "questions": QUESTION,
        "ceiling": CEILING,
        "privacy_ceiling": PRIVACY_CEILING,
        "thresholds": THRESHOLDS,
    }


def _facts(report: CohortReport) -> Mapping[str, str]:
    """Name the cohort's source, scale and covariates."""
    scale = scale_of(report.cohort)
    source, given = next(iter(report.settings["source"].items()))
    datasets = report.provenance.get("datasets", [])
    origin = "; ".join(map(str, given["matrix"]) if source == "local" else describe(datasets))
    covariates = report.settings["covariates"]
    return {
        "Source": f"{source}: {origin}" if origin else source,
        **({"Terms of use": licences(datasets)} if datasets else {}),
        "Scale": scale.unit,
        "Categorical covariates": _levels(report.cohort.obs, covariates["categorical"]),
        "Numeric covariates": _ranges(report.cohort.obs, covariates["numeric"]),
    }


def _levels(samples: pd.DataFrame, columns: list[str]) -> str:
    described = []
    for column in columns:
        levels = samples[column].astype(str).value_counts().sort_index()
        described.append(f"{column} ({', '.join(f'{level} {number:,}' for level, number in levels.items())})")
    return "; ".join(described)


def _ranges(samples: pd.DataFrame, columns: list[str]) -> str:
    return "; ".join(
        f"{column} (median {samples[column].median():g}, {samples[column].min():g} to {samples[column].max():g})"
        for column in columns
    )


def _selection_view(selection: SelectionReport, report: CohortReport, figures: Path) -> SelectionView:
    table, scores = _gene_table(selection), scores_by_axis(selection)
    statuses = selection.genes[selection.genes["status"] != "selected"].groupby("status", sort=False)["gene"]
    return SelectionView(
        name=selection.name,
        title=SELECTIONS[selection.name],
        genes=len(selection.selected),
        genes_table=table.head(GENES_LISTED),
        genes_download=embed(tsv(table), f"{report.name}-{selection.name}-genes.tsv"),
        left_out={status: list(genes) for status, genes in statuses},
        stability=_stability(selection),
        volcano=_volcano(selection, report, figures),
        scores=scores,
        scores_download=embed(tsv(score_table(selection.models)), f"{report.name}-{selection.name}-scores.tsv"),
        models=[view_model(model, selection, scores, report, figures) for model in selection.models],
    )


def _gene_table(selection: SelectionReport) -> pd.DataFrame:
    """Selected genes with their statistics where there are any, the largest change first."""
    table = pd.DataFrame({"gene": selection.selected})
    if selection.test is None or selection.fold_change is None:
        return table
    table = table.merge(selection.fold_change, on="gene", how="left")
    table = table.merge(selection.test[["gene", "n", "p_value", "p_adjusted", "significant"]], on="gene", how="left")
    return table.sort_values("log2_fold_change", key=np.abs, ascending=False, kind="stable", ignore_index=True)


def _stability(selection: SelectionReport) -> str:
    """Tell how much the selection depends on the patients it was made from."""
    full = set(selection.selected)
    folds = [set(genes.loc[genes["status"] == "selected", "gene"]) for genes in selection.genes_by_fold.values()]
    if not folds or all(fold == full for fold in folds):
        return f"All {len(folds)} folds select the same {count(len(full), 'gene')}."
    fewest, most = min(map(len, folds)), max(map(len, folds))
    sizes = f"{fewest:,} to {most:,}" if fewest < most else f"{most:,}"
    common = len(full.intersection(*folds))
    return (
        f"Folds select {sizes} genes each; {common:,} of the {len(full):,} found with all patients are selected in "
        f"every fold ({100 * common / len(full):.0f} %)."
    )


def _volcano(selection: SelectionReport, report: CohortReport, figures: Path) -> Rendered | None:
    if selection.name != "deg" or selection.test is None or selection.fold_change is None:
        return None
    settings = report.settings["expression"]
    figure = volcano(
        selection.test,
        selection.fold_change,
        threshold=settings["fold_change"]["threshold"],
        alpha=settings["test"]["alpha"],
        name=f"{selection.name}-volcano",
    )
    return render(figure, figures)
