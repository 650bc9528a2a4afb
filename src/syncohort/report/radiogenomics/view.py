"""The section on radiogenomics: who was paired, which model predicts what, and which genes go with which feature."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from syncohort.radiogenomics.association import ALPHA as FALSE_DISCOVERY_RATE
from syncohort.radiogenomics.evaluation import ALPHA, MEASURES
from syncohort.radiogenomics.features import unit_of
from syncohort.report.figures.association_map import association_map
from syncohort.report.figures.figure import Download, Figure, Rendered, embed, render, tsv
from syncohort.report.figures.observed_predicted import observed_predicted
from syncohort.report.figures.prediction_errors import prediction_errors
from syncohort.report.figures.training_curves import training_curves
from syncohort.report.radiogenomics.contents import RadiogenomicsReport
from syncohort.report.radiogenomics.verdict import verdict
from syncohort.report.wording import names, rounded, scientific, words

GENES_SHOWN = 8
# A mark for each of the models compared with, in their order.
MARKS = "✓‡§¶"
MONITORED = (
    "the mean absolute error of the validation patients’ scaled features (the loss: of the others’, with dropout)"
)


@dataclass(frozen=True)
class ErrorCell:
    """The errors of a model for a feature, each with the marks of the models it is significantly better than."""

    mae: str
    mae_marks: str
    mape: str
    mape_marks: str
    r2: float
    best: bool


@dataclass(frozen=True)
class ErrorRow:
    """A feature's errors by model."""

    feature: str
    unit: str
    zeros: int
    cells: list[ErrorCell]


@dataclass(frozen=True)
class AverageRow:
    """A model's errors, means over the features, and for each reference how many features it predicts better."""

    model: str
    errors: dict[str, float]
    better: list[str]


@dataclass(frozen=True)
class ChanceRow:
    """A feature on patients' own and on exchanged features: (D², mean D² of permutations, p, adjusted p, whether
    significant) by model."""

    feature: str
    cells: list[tuple[float, float, str, str, bool]]


@dataclass(frozen=True)
class GenesRow:
    """The genes that a network's prediction of a feature rests on."""

    feature: str
    genes: str
    stability: float
    gene_set: str


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
        averages=list(_averages(report, references)),
        errors=list(_errors(report, marks)),
        tested=list(dict.fromkeys(report.permutations["model"])),
        chance=list(_chance(report)),
        choices=_choices(report),
        drawn={name: render(figure, figures) for name, figure in drawings.items()},
        trained=[render(figure, figures) for figure in _trained(report)],
        genes=list(_genes(report)),
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


def _averages(report: RadiogenomicsReport, references: list[str]) -> Iterator[AverageRow]:
    for row in report.average_errors.to_dict("records"):
        counts = [
            (row[f"{measure}_better_than_{name}"], row[f"{measure}_significant_against_{name}"])
            for name in references
            for measure in MEASURES
        ]
        better = ["–" if pd.isna(number) else f"{number:.0f} ({significant:.0f})" for number, significant in counts]
        yield AverageRow(row["model"], row, better)


def _errors(report: RadiogenomicsReport, marks: dict[str, str]) -> Iterator[ErrorRow]:
    won = {(name, measure): report.better_than(name, measure) for name in marks for measure in MEASURES}
    for feature, part in report.scores.groupby("feature", sort=False):
        rows = part.set_index("model").loc[report.models]

        def marked(model: str, measure: str, feature: str = feature) -> str:
            return "".join(mark for name, mark in marks.items() if (model, feature) in won[name, measure])

        cells = [
            ErrorCell(
                mae=rounded(row["mae"]),
                mae_marks=marked(model, "mae"),
                mape=rounded(row["mape"]),
                mape_marks=marked(model, "mape"),
                r2=row["r2"],
                best=row["mae"] == rows["mae"].min(),
            )
            for model, row in rows.iterrows()
        ]
        yield ErrorRow(words(feature), unit_of(feature), int(rows["zeros"].iloc[0]), cells)


def _chance(report: RadiogenomicsReport) -> Iterator[ChanceRow]:
    for feature, part in report.permutations.groupby("feature", sort=False):
        yield ChanceRow(
            words(feature),
            [
                (row.d2, row.d2_null, scientific(row.p_value), scientific(row.p_adjusted), row.p_adjusted <= ALPHA)
                for row in part.itertuples()
            ],
        )


def _choices(report: RadiogenomicsReport) -> list[dict[str, object]]:
    """Give each point of the grids with its mean error over the folds, and in how many of them it was chosen."""
    if report.searches.empty:
        return []
    grouped = report.searches.groupby(["model", "learning_rate", "decay"], sort=False)
    table = grouped.agg(error=("error", "mean"), chosen=("chosen", "sum"), folds=("split", "nunique"))
    table = table.reset_index()
    for axis in ("learning_rate", "decay"):
        table[axis] = table[axis].map(lambda value: f"{value:.8f}".rstrip("0").rstrip("."))
    return table.to_dict("records")


def _trained(report: RadiogenomicsReport) -> Iterator[Figure]:
    for model, histories in report.histories.items():
        yield training_curves(histories, model=model, name=f"radiogenomics-{model}-training", monitored=MONITORED)


def _genes(report: RadiogenomicsReport) -> Iterator[GenesRow]:
    if report.attributions.empty:
        return
    for feature, part in report.attributions.groupby("feature", sort=False):
        sets = report.enrichment[report.enrichment["feature"] == feature] if len(report.enrichment) else pd.DataFrame()
        enriched = sets[sets["q_value"] <= FALSE_DISCOVERY_RATE] if len(sets) else sets
        best = f"{enriched.iloc[0]['gene_set']} (q {scientific(enriched.iloc[0]['q_value'])})" if len(enriched) else "–"
        yield GenesRow(
            words(feature),
            names(
                [f"{gene}\N{NO-BREAK SPACE}({folds})" for gene, folds in zip(part["gene"], part["folds"], strict=True)],
                GENES_SHOWN,
            ),
            float(part["stability"].iloc[0]),
            best,
        )
