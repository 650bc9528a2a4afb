"""The sections on gene expression, ready for the page: figures, tables, verdicts."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anndata
import numpy as np
import pandas as pd

from syncohort.core.cohort import curation_of, scale_of
from syncohort.expression.filtering import drop_removed
from syncohort.expression.metrics import METRICS
from syncohort.expression.spaces import named_genes
from syncohort.realism.comparison import CEILING
from syncohort.realism.gene_correlation import varying_genes
from syncohort.realism.privacy import CEILING as PRIVACY_CEILING
from syncohort.report.contents import CohortReport
from syncohort.report.datasets import describe, licences
from syncohort.report.expression.contents import ModelReport, SelectionReport
from syncohort.report.expression.findings import QUESTION, SUBJECT, finding
from syncohort.report.expression.scores import Score, score_table, scores_by_axis
from syncohort.report.expression.self_test import CONTROLS, self_test_finding, self_test_rows
from syncohort.report.expression.verdict import THRESHOLDS, USES, Verdict, conclusion, verdicts
from syncohort.report.figures.distance_matrices import distance_matrices
from syncohort.report.figures.distributions import distributions
from syncohort.report.figures.figure import Download, Figure, Rendered, embed, render, tsv
from syncohort.report.figures.learning_curve import learning_curve
from syncohort.report.figures.tanglegram import tanglegram
from syncohort.report.figures.training_curves import training_curves
from syncohort.report.figures.volcano import volcano
from syncohort.report.summary import CohortNumbers
from syncohort.report.wording import SELECTIONS, count

GENES_LISTED = 20


@dataclass(frozen=True)
class ModelView:
    """A model's verdicts and figures, ready for the page; one that trains no network has none of a training."""

    name: str
    verdicts: list[Verdict]
    findings: dict[str, str]
    training: Rendered | None
    fidelity: list[Rendered]
    learning_curve: Rendered | None


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
        models=[_model_view(model, selection, scores, report, figures) for model in selection.models],
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


def _model_view(
    model: ModelReport,
    selection: SelectionReport,
    scores: dict[str, dict[str, list[Score]]],
    report: CohortReport,
    figures: Path,
) -> ModelView:
    prefix = f"{selection.name}-{model.name}"
    training = None
    if model.histories:
        training = render(training_curves(model.histories, model=model.name, name=f"{prefix}-training"), figures)
    return ModelView(
        name=model.name,
        verdicts=verdicts(model),
        findings={axis: finding(axis, rows, model.name) for axis, rows in scores.items()},
        training=training,
        fidelity=[render(figure, figures) for figure in _fidelity(model, selection, report, prefix)],
        learning_curve=_learning_curve(model, f"{prefix}-learning", figures),
    )


def _learning_curve(model: ModelReport, name: str, figures: Path) -> Rendered | None:
    if model.learning_curve.empty:
        return None
    return render(learning_curve(model.learning_curve, model=model.name, name=name), figures)


def _fidelity(model: ModelReport, selection: SelectionReport, report: CohortReport, prefix: str) -> list[Figure]:
    """Figures that compare the final model's samples with the real ones."""
    genes = selection.selected
    expressed = drop_removed(report.cohort, selection.removed)
    real, synthetic = _log_values(expressed, genes), _log_values(model.synthetic, genes)
    asked = report.settings["expression"]["evaluate"]["named_genes"]
    named, _ = named_genes(asked or None, list(genes), real.std(axis=0))
    few = genes.get_indexer(named)
    few = few[varying_genes(real[:, few], synthetic[:, few])]
    scale = scale_of(report.cohort)
    unit = f"expression, {scale.unit}" if scale.is_log else f"expression, ln({scale.name} + 1)"
    return [
        distance_matrices(real, synthetic, genes, name=f"{prefix}-distances"),
        *(
            [
                tanglegram(real[:, few], synthetic[:, few], genes[few], name=f"{prefix}-dendrograms"),
                distributions(real[:, few], synthetic[:, few], genes[few], unit=unit, name=f"{prefix}-distributions"),
            ]
            if len(few) > 2
            else []
        ),
    ]


def _log_values(cohort: anndata.AnnData, genes: pd.Index) -> np.ndarray:
    """(samples, genes) expression on the log scale."""
    return scale_of(cohort).to_log(np.asarray(cohort[:, genes].X))
