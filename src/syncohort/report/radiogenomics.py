"""The section on radiogenomics: who was paired, which model predicts what, and which genes go with which feature."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from syncohort.core.io import read_json, read_tsv
from syncohort.core.kinds import read_kind
from syncohort.radiogenomics.association import ALPHA
from syncohort.radiogenomics.evaluation import detectable_correlation
from syncohort.radiogenomics.features import unit_of
from syncohort.radiogenomics.pairing import PAIRED
from syncohort.report.figures.association_map import association_map
from syncohort.report.figures.figure import Download, Rendered, embed, render, tsv
from syncohort.report.figures.prediction_errors import prediction_errors
from syncohort.report.wording import count, decimal, names, scientific

# The kind of model that predicts the median.
INTERCEPT = "intercept"
GENES_SHOWN = 8


@dataclass(frozen=True, eq=False)
class RadiogenomicsReport:
    """What the wing found, as read from its results.

    Parameters
    ----------
    account
        Everybody with expression or images: `patient_id`, `status`, `reason`.
    scores, comparisons
        Errors of every model, and their differences from the models compared with.
    associations, modules, false_alarms
        The association map, the number of genes of each module, and the share of permutations with a false alarm.
    attributions, enrichment
        Genes of the first network and gene sets among them; empty without a network.
    intercept
        Name of the model that predicts the median and that all others were compared with; None without one.
    truth
        What was planted in a simulated cohort: `trait`, `module`, `correlation`; None for patients.
    """

    account: pd.DataFrame
    scores: pd.DataFrame
    comparisons: pd.DataFrame
    associations: pd.DataFrame
    modules: Mapping[str, int]
    false_alarms: Mapping[str, float]
    attributions: pd.DataFrame
    enrichment: pd.DataFrame
    intercept: str | None
    truth: pd.DataFrame | None

    @classmethod
    def load(cls, folder: Path, settings: Mapping[str, Any]) -> "RadiogenomicsReport":
        """Read the results of `results/{cohort}/radiogenomics`; `settings` is the mapping `radiogenomics`."""
        network = any(read_kind(model["kind"], "radiogenomics").trained for model in settings["models"].values())
        return cls(
            account=read_tsv(folder / "patients.tsv"),
            scores=read_tsv(folder / "scores.tsv"),
            comparisons=read_tsv(folder / "comparisons.tsv"),
            associations=read_tsv(folder / "associations.tsv"),
            modules=read_json(folder / "modules.json"),
            false_alarms=read_json(folder / "false_alarms.json"),
            attributions=read_tsv(folder / "attributions.tsv") if network else pd.DataFrame(),
            enrichment=read_tsv(folder / "enrichment.tsv") if network else pd.DataFrame(),
            intercept=next(
                (name for name in settings["compare_with"] if settings["models"][name]["kind"] == INTERCEPT), None
            ),
            truth=read_tsv(folder / "truth.tsv") if "simulated" in settings["features"] else None,
        )

    @property
    def pairs(self) -> int:
        """Patients with both."""
        return int((self.account["status"] == PAIRED).sum())


@dataclass(frozen=True)
class ErrorRow:
    """A feature's errors as the table shows them: (text, whether best, whether better than the intercept) by model."""

    feature: str
    unit: str
    cells: list[tuple[str, bool, bool]]


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
    errors: list[ErrorRow]
    means: list[str]
    power: str
    drawn: list[Rendered]
    genes: list[GenesRow]
    downloads: dict[str, Download]


def radiogenomics_view(report: RadiogenomicsReport, figures: Path) -> RadiogenomicsView:
    """Prepare the section; figures are also written to the folder `figures`."""
    scaled = report.scores.pivot(index="feature", columns="model", values="mae_scaled")
    order = {axis: list(dict.fromkeys(report.scores[axis])) for axis in ("feature", "model")}
    scaled = scaled.loc[order["feature"], order["model"]]
    better = _better(report)
    tables = {
        "who is paired": report.account,
        "errors": report.scores,
        "comparisons": report.comparisons,
        "associations": report.associations,
        "attributions": report.attributions,
    }
    return RadiogenomicsView(
        pairs=report.pairs,
        verdict=verdict(report),
        account=report.account["status"].value_counts().to_dict(),
        planted=_planted(report),
        models=order["model"],
        errors=[
            ErrorRow(
                feature.replace("_", " "),
                unit_of(feature),
                [
                    (decimal(row[model]), row[model] == row.min(), (model, feature) in better)
                    for model in order["model"]
                ],
            )
            for feature, row in scaled.iterrows()
        ],
        means=[decimal(scaled[model].mean()) for model in order["model"]],
        power=_power(report.pairs),
        drawn=[
            render(prediction_errors(report.scores, report.intercept, name="radiogenomics-errors"), figures),
            render(
                association_map(report.associations, report.modules, report.false_alarms, name="radiogenomics-map"),
                figures,
            ),
        ],
        genes=list(_genes(report)),
        downloads={
            title: embed(tsv(table), f"radiogenomics-{title.replace(' ', '-')}.tsv")
            for title, table in tables.items()
            if len(table)
        },
    )


def verdict(report: RadiogenomicsReport) -> str:
    """Say in a sentence or two what can be predicted, and what this number of patients can tell at all."""
    better, features = _better(report), report.scores["feature"].nunique()
    found = report.associations["q_value"] <= ALPHA
    map_says = (
        f"{found.sum()} of {len(found)} pairs of module and feature are associated at a false discovery rate of "
        f"{100 * ALPHA:.0f} %"
    )
    if report.intercept is None:
        return (
            "Nothing is said on whether expression predicts the image: no model of the kind intercept is among "
            f"radiogenomics.compare_with. {map_says[0].upper()}{map_says[1:]}."
        )
    if not better:
        return (
            f"No model predicts any of the {features} image features better than their median does (signed-rank test, "
            f"Bonferroni over features); {map_says}. {_power(report.pairs)}"
        )
    winners = pd.Series([model for model, _ in better]).value_counts()
    return (
        f"{len({feature for _, feature in better})} of {features} image features are predicted better than by their "
        f"median, most of them by {winners.index[0]} ({winners.iloc[0]}); {map_says}."
    )


def _better(report: RadiogenomicsReport) -> set[tuple[str, str]]:
    """Pairs of model and feature whose errors are significantly below those of the intercept."""
    table = report.comparisons[report.comparisons["measure"] == "mae"]
    won = table[(table["reference"] == report.intercept) & (table["difference"] < 0) & (table["p_adjusted"] <= 0.05)]
    return set(zip(won["model"], won["feature"], strict=True))


def _planted(report: RadiogenomicsReport) -> str:
    """Say what a simulated cohort was made from; nothing of patients."""
    if report.truth is None:
        return ""
    follows = [f"the {row.trait.replace('_', ' ')} follows {row.module}" for row in report.truth.itertuples()]
    return f"{'; '.join(follows)}, with a correlation of {report.truth['correlation'].iloc[0]:g}"


def _power(pairs: int) -> str:
    return (
        f"With {count(pairs, 'patient')} a single correlation of |ρ| ≥ {detectable_correlation(pairs):.2f} is found "
        "with a power of 80 %; weaker associations cannot be told from none."
    )


def _genes(report: RadiogenomicsReport) -> Sequence[GenesRow]:
    if report.attributions.empty:
        return
    for feature, part in report.attributions.groupby("feature", sort=False):
        sets = report.enrichment[report.enrichment["feature"] == feature] if len(report.enrichment) else pd.DataFrame()
        enriched = sets[sets["q_value"] <= ALPHA] if len(sets) else sets
        best = f"{enriched.iloc[0]['gene_set']} (q {scientific(enriched.iloc[0]['q_value'])})" if len(enriched) else "–"
        yield GenesRow(
            feature.replace("_", " "),
            names(list(part["gene"]), GENES_SHOWN),
            float(part["stability"].iloc[0]),
            best,
        )
