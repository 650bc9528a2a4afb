"""The tables of the section on radiogenomics, row by row: errors, chance, learning rates and genes."""

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from syncohort.radiogenomics.association import ALPHA as FALSE_DISCOVERY_RATE
from syncohort.radiogenomics.evaluation import ALPHA, MEASURES
from syncohort.radiogenomics.features import unit_of
from syncohort.report.radiogenomics.contents import RadiogenomicsReport
from syncohort.report.wording import names, rounded, scientific, words

GENES_SHOWN = 8


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


def average_rows(report: RadiogenomicsReport, references: list[str]) -> Iterator[AverageRow]:
    """Average every model's errors over the features, and count those that it predicts better than each reference."""
    for row in report.average_errors.to_dict("records"):
        counts = [
            (row[f"{measure}_better_than_{name}"], row[f"{measure}_significant_against_{name}"])
            for name in references
            for measure in MEASURES
        ]
        better = ["–" if pd.isna(number) else f"{number:.0f} ({significant:.0f})" for number, significant in counts]
        yield AverageRow(row["model"], row, better)


def error_rows(report: RadiogenomicsReport, marks: dict[str, str]) -> Iterator[ErrorRow]:
    """Give the errors of every feature; `marks` has a mark for each reference that a model may be better than."""
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


def chance_rows(report: RadiogenomicsReport) -> Iterator[ChanceRow]:
    """Set every feature's errors beside those on exchanged features."""
    for feature, part in report.permutations.groupby("feature", sort=False):
        yield ChanceRow(
            words(feature),
            [
                (row.d2, row.d2_null, scientific(row.p_value), scientific(row.p_adjusted), row.p_adjusted <= ALPHA)
                for row in part.itertuples()
            ],
        )


def choice_rows(report: RadiogenomicsReport) -> list[dict[str, object]]:
    """Give each point of the grids with its mean error over the folds, and in how many of them it was chosen."""
    if report.searches.empty:
        return []
    grouped = report.searches.groupby(["model", "learning_rate", "decay"], sort=False)
    table = grouped.agg(error=("error", "mean"), chosen=("chosen", "sum"), folds=("split", "nunique"))
    table = table.reset_index()
    for axis in ("learning_rate", "decay"):
        table[axis] = table[axis].map(lambda value: f"{value:.8f}".rstrip("0").rstrip("."))
    return table.to_dict("records")


def gene_rows(report: RadiogenomicsReport) -> Iterator[GenesRow]:
    """Name, feature by feature, the genes that predictions rest on, each with its folds, and the best gene set."""
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
