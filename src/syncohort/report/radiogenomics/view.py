"""The section on radiogenomics: who was paired, which model predicts what, and which genes go with which feature."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from syncohort.report.figures.association_map import association_map
from syncohort.report.figures.figure import Download, Figure, Rendered, embed, render, tsv
from syncohort.report.figures.observed_predicted import observed_predicted
from syncohort.report.figures.prediction_errors import prediction_errors
from syncohort.report.figures.training_curves import training_curves
from syncohort.report.radiogenomics.contents import RadiogenomicsReport
from syncohort.report.radiogenomics.tables import (
    AverageRow,
    ChanceRow,
    ErrorRow,
    GenesRow,
    average_rows,
    chance_rows,
    choice_rows,
    error_rows,
    gene_rows,
)
from syncohort.report.radiogenomics.verdict import verdict
from syncohort.report.wording import words

# A mark for each of the models compared with, in their order.
MARKS = "✓‡§¶"
MONITORED = (
    "the mean absolute error of the validation patients’ scaled features (the loss: of the others’, with dropout)"
)


@dataclass(frozen=True)
class RadiogenomicsView:
    """The section, ready for the page."""

    pairs: int
    verdict: str
    account: dict[str, int]
    planted: str
    models: list[str]
    marks: dict[str, str]
    averages: list[AverageRow]
    errors: list[ErrorRow]
    tested: list[str]
    chance: list[ChanceRow]
    choices: list[dict[str, object]]
    drawn: dict[str, Rendered]
    trained: list[Rendered]
    genes: list[GenesRow]
    downloads: dict[str, Download]

    @property
    def verdicts(self) -> dict[str, str]:
        """One sentence on all models."""
        return {"": self.verdict}


def view_radiogenomics(report: RadiogenomicsReport, cohort: str, figures: Path) -> RadiogenomicsView:
    """Make the section, its figures as files in `figures`; `cohort` is the name that downloads bear."""
    references = list(dict.fromkeys(report.comparisons["reference"]))
    marks = dict(zip(references, MARKS, strict=False))
    tables = {
        "who is paired": report.account,
        "average errors": report.average_errors,
        "errors by feature": report.feature_errors,
        "errors": report.scores,
        "comparisons": report.comparisons,
        "permutations": report.permutations,
        "learning rates": report.searches,
        "associations": report.associations,
        "attributions": report.attributions,
        "gene sets": report.enrichment,
    }
    drawings = {
        "errors": prediction_errors(report.scores, report.intercept, name="radiogenomics-errors"),
        "predictions": observed_predicted(report.scores, report.predictions, name="radiogenomics-predictions"),
        "map": association_map(report.associations, report.modules, report.false_alarms, name="radiogenomics-map"),
    }
    return RadiogenomicsView(
        pairs=report.pairs,
        verdict=verdict(report),
        account=report.account["status"].value_counts().to_dict(),
        planted=_planted(report),
        models=report.models,
        marks=marks,
        averages=list(average_rows(report, references)),
        errors=list(error_rows(report, marks)),
        tested=list(dict.fromkeys(report.permutations["model"])),
        chance=list(chance_rows(report)),
        choices=choice_rows(report),
        drawn={name: render(figure, figures) for name, figure in drawings.items()},
        trained=[render(figure, figures) for figure in _trained(report)],
        genes=list(gene_rows(report)),
        downloads={
            title: embed(tsv(table), f"{cohort}-radiogenomics-{title.replace(' ', '-')}.tsv")
            for title, table in tables.items()
            if len(table)
        },
    )


def _planted(report: RadiogenomicsReport) -> str:
    """Say what a simulated cohort was made from; nothing of patients."""
    if report.truth is None:
        return ""
    follows = [f"the {words(row.trait)} follows {row.module}" for row in report.truth.itertuples()]
    return f"{'; '.join(follows)}, with a correlation of {report.truth['correlation'].iloc[0]:g}"


def _trained(report: RadiogenomicsReport) -> Iterator[Figure]:
    for model, histories in report.histories.items():
        yield training_curves(histories, model=model, name=f"radiogenomics-{model}-training", monitored=MONITORED)
