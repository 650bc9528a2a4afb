"""One generator of gene expression, ready for the page: its verdicts and its figures beside real samples."""

from dataclasses import dataclass
from pathlib import Path

import anndata
import numpy as np
import pandas as pd

from syncohort.core.cohort import scale_of
from syncohort.expression.filtering import drop_removed
from syncohort.expression.spaces import named_genes
from syncohort.realism.gene_correlation import varying_genes
from syncohort.report.contents import CohortReport
from syncohort.report.expression.contents import ModelReport, SelectionReport
from syncohort.report.expression.findings import finding
from syncohort.report.expression.scores import Score
from syncohort.report.expression.verdict import Verdict, verdicts
from syncohort.report.figures.distance_matrices import distance_matrices
from syncohort.report.figures.distributions import distributions
from syncohort.report.figures.figure import Figure, Rendered, render
from syncohort.report.figures.learning_curve import learning_curve
from syncohort.report.figures.tanglegram import tanglegram
from syncohort.report.figures.training_curves import training_curves


@dataclass(frozen=True)
class ModelView:
    """A model's verdicts and figures, ready for the page; one that trains no network has none of a training."""

    name: str
    verdicts: list[Verdict]
    findings: dict[str, str]
    training: Rendered | None
    fidelity: list[Rendered]
    learning_curve: Rendered | None


def view_model(
    model: ModelReport,
    selection: SelectionReport,
    scores: dict[str, dict[str, list[Score]]],
    report: CohortReport,
    figures: Path,
) -> ModelView:
    """Judge and draw a model of a selection of genes, its figures as files in `figures`."""
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
