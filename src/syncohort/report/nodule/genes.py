"""What the section on CT nodules says of genes: those that move the nodules, and the radiogenomic map."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from syncohort.nodule.radiogenomic_map import CLINICAL, CODE, FALSE_DISCOVERY_RATE, IMAGE, SPACES
from syncohort.report.figures.figure import Rendered, render
from syncohort.report.figures.radiogenomic_map import radiogenomic_map
from syncohort.report.nodule.contents import NoduleModelReport
from syncohort.report.wording import decimal, names, scientific, words

GENES_SHOWN, MOST_ROWS = 6, 4
ARROW = {1: "↑", -1: "↓", 0: ""}


@dataclass(frozen=True)
class MovingGenes:
    """The genes that move a feature most, and the module that stands out among all."""

    feature: str
    genes: str
    module: str
    auc: float
    planted: str
    planted_auc: float


@dataclass(frozen=True)
class SeparationCell:
    """How far a space separates by a variable, in words."""

    score: str
    chance: str
    separates: bool


@dataclass(frozen=True)
class SeparationRow:
    """A variable and its cells, one for each space."""

    kind: str
    variable: str
    patients: int
    cells: list[SeparationCell]


@dataclass(frozen=True)
class MapView:
    """The radiogenomic map, ready for the page: the figures of the first layout, and those of others."""

    verdict: str
    spaces: tuple[str, ...]
    rows: list[SeparationRow]
    shown: list[Rendered]
    others: dict[str, list[Rendered]]


def moving_genes(model: NoduleModelReport, truth: pd.DataFrame | None) -> Iterator[MovingGenes]:
    """Give the rows of the table of attributions; `truth` is what was planted, None of patients."""
    if model.attributions.empty:
        return
    planted = {} if truth is None else truth.set_index("trait")["module"].to_dict()
    modules = model.attributed_modules.set_index(["feature", "module"])["auc"]
    for feature, part in model.attributions.groupby("feature", sort=False):
        first = part.sort_values("rank").head(GENES_SHOWN)
        shown = [f"{row.gene}\N{NO-BREAK SPACE}{ARROW[row.direction]}".rstrip() for row in first.itertuples()]
        own = modules[feature].dropna() if feature in modules.index else pd.Series(dtype=float)
        best = own.idxmax() if len(own) else "–"
        module = planted.get(feature, "")
        yield MovingGenes(
            feature=words(feature),
            genes=names(shown, GENES_SHOWN),
            module=best,
            auc=own.get(best, np.nan),
            planted=module,
            planted_auc=own.get(module, np.nan),
        )


def view_map(model: NoduleModelReport, figures: Path) -> MapView | None:
    """Make the part on the map, its figures as files in `figures`; None for a model without genes."""
    if model.map is None:
        return None
    table = model.map.separability
    layouts = list(dict.fromkeys(model.map.places["layout"]))
    drawn = {layout: list(_figures(model, layout, figures)) for layout in layouts}
    return MapView(
        verdict=map_verdict(model),
        spaces=SPACES,
        rows=[_row(*key, part) for key, part in table.groupby(["kind", "variable"], sort=False)],
        shown=drawn.pop(layouts[0]),
        others=drawn,
    )


def separated_by(model: NoduleModelReport, space: str) -> list[str]:
    """Name the variables that a space separates held-out patients by, most first."""
    table = model.map.separability
    found = table[(table["space"] == space) & (table["q_value"] <= FALSE_DISCOVERY_RATE)]
    return [words(name) for name in found.sort_values("score", ascending=False)["variable"]]


def map_verdict(model: NoduleModelReport) -> str:
    """Say in two sentences what each space separates held-out patients by."""
    table = model.map.separability
    if table["q_value"].isna().all():
        return "Too few held-out patients have a known feature or label to judge the map by."
    patients = f"{int(table['patients'].max())} held-out patients"
    found = {space: names(separated_by(model, space)) for space in SPACES}
    learnt = found[CODE] or "nothing better than chance"
    others = " and ".join(f"{space} by {found[space] or 'nothing'}" for space in SPACES if space != CODE)
    return f"The learnt gene code separates {patients} by {learnt}. Of what it is made from, {others}."


def _row(kind: str, variable: str, part: pd.DataFrame) -> SeparationRow:
    cells = [
        SeparationCell(
            score=decimal(row["score"], 2),
            chance=f"chance {decimal(row['null_high'], 2)}, q {scientific(row['q_value'])}"
            if np.isfinite(row["score"])
            else "",
            separates=bool(row["q_value"] <= FALSE_DISCOVERY_RATE),
        )
        for row in part.set_index("space").loc[list(SPACES)].to_dict("records")
    ]
    return SeparationRow(kind, words(variable), int(part["patients"].max()), cells)


def _figures(model: NoduleModelReport, layout: str, figures: Path) -> Iterator[Rendered]:
    """Draw image features and clinical labels, a few to a figure, so that each stays legible."""
    table = model.map.variables
    for kind, short in ((IMAGE, "features"), (CLINICAL, "labels")):
        variables = list(dict.fromkeys(table.loc[table["kind"] == kind, "variable"]))
        for number, start in enumerate(range(0, len(variables), MOST_ROWS), start=1):
            name = f"nodule-{model.name}-{layout.lower()}-{short}" + (f"-{number}" if number > 1 else "")
            chosen = variables[start : start + MOST_ROWS]
            yield render(radiogenomic_map(model.map, chosen, layout=layout, model=model.name, name=name), figures)
