"""The leaderboard: every model on every cohort and selection of genes, use by use."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from syncohort.core.io import read_json, write_text, write_tsv
from syncohort.expression.metrics import METRIC
from syncohort.report.expression.scores import Score
from syncohort.report.expression.verdict import GRADES, THRESHOLDS, UNUSABLE, USES, Grade
from syncohort.report.figures.figure import embed, tsv
from syncohort.report.rendering import templates
from syncohort.report.wording import decimal

SHARING = USES[-1].name
COLUMNS = [
    "cohort", "selection", "model", "kind", "use", "metric", "space", "value", "ci_low", "ci_high", "ceiling", "floor",
    "relative", "grade",
]  # fmt: skip


@dataclass(frozen=True)
class Standing:
    """How a model does at one use: its grade and the relative score of the metric that decides, NaN where unknown."""

    grade: Grade
    words: str
    relative: float
    label: str


@dataclass(frozen=True, eq=False)
class Entry:
    """A model on one selection of genes of one cohort.

    Parameters
    ----------
    cohort, title, link
        Name of the cohort, its title, and where its report is.
    selection, genes
        Name of the selection and its number of genes.
    model, kind
        Name of the model and its kind.
    standings
        Use → how the model does at it.
    scores
        Metric and space → score.
    rank
        Place among the models on the same cohort and genes.
    best
        Uses at which it is the best of those that do not leak.
    """

    cohort: str
    title: str
    link: str
    selection: str
    genes: int
    model: str
    kind: str
    standings: Mapping[str, Standing]
    scores: Mapping[tuple[str, str], Score]
    rank: int = 0
    best: frozenset[str] = frozenset()

    @property
    def weakest(self) -> tuple[str, float]:
        """The use that the model is worst at, and its relative score there; NaN where none is known."""
        known = {use: one.relative for use, one in self.standings.items() if np.isfinite(one.relative)}
        return min(known.items(), key=lambda item: item[1], default=("", np.nan))


def write_leaderboard(summaries: Sequence[Path], page: Path, table: Path) -> None:
    """Write the leaderboard as a page and as a table.

    Models on the same cohort and genes are ranked by their relative score at the use they are worst at: a copy of the
    patients leaks and noise is useless, so that neither can win.

    Parameters
    ----------
    summaries
        The `report.json` of every cohort, in the order to list them.
    page
        The page; links are relative to it.
    table
        One row per model and metric, with the columns of `COLUMNS`.
    """
    boards = [rank(entries) for entries in _read(summaries, Path(page).parent)]
    entries = [entry for board in boards for entry in board]
    rows = _table(entries)
    write_tsv(rows, table)
    html = (
        templates()
        .get_template("leaderboard.html")
        .render(
            boards=boards,
            entries=entries,
            findings=[finding(board) for board in boards],
            uses=USES,
            thresholds=THRESHOLDS,
            download=embed(tsv(rows), Path(table).name),
        )
    )
    write_text(html, page)


def rank(entries: Sequence[Entry]) -> list[Entry]:
    """Rank models on the same cohort and genes by their weakest use, and mark which is best for what."""
    # What is not known cannot win.
    ordered = sorted(entries, key=lambda entry: -np.nan_to_num(entry.weakest[1], nan=-np.inf))
    winners = {use.name: _winner(ordered, use.name) for use in USES}
    return [
        replace(entry, rank=place, best=frozenset(use for use, won in winners.items() if won is entry))
        for place, entry in enumerate(ordered, start=1)
    ]


def _winner(entries: Sequence[Entry], use: str) -> Entry | None:
    """The best at a use of the models that do not leak."""
    able = [
        entry
        for entry in entries
        if entry.standings[SHARING].grade is not UNUSABLE and np.isfinite(entry.standings[use].relative)
    ]
    return max(able, key=lambda entry: entry.standings[use].relative, default=None)


def finding(board: Sequence[Entry]) -> str:
    """Say which model is best over all uses of a cohort and genes, and where it is worst."""
    first = board[0]
    use, relative = first.weakest
    where = f"{first.title}, {first.selection}"
    if not use:
        return f"{where}: nothing could be told."
    return f"{where}: {first.model} comes first, with {decimal(relative, 2)} at its weakest use, {use}."


def _read(summaries: Sequence[Path], home: Path) -> Iterator[list[Entry]]:
    """Give the models of each cohort and selection of genes, from the cohorts' summaries."""
    for path in map(Path, summaries):
        cohort = read_json(path)
        link = Path(os.path.relpath(path.parent / cohort["page"], home)).as_posix()
        for _, models in groupby(cohort["models"], key=lambda model: model["selection"]):
            yield [_entry(cohort, link, model) for model in models]


def _entry(cohort: Mapping[str, Any], link: str, model: Mapping[str, Any]) -> Entry:
    scores = [_score(row, model["model"]) for row in model["scores"]]
    standings = {
        one["use"]: Standing(GRADES[one["grade"]], one["words"], _number(one["relative"]), METRIC[one["metric"]].label)
        for one in model["verdicts"]
    }
    return Entry(
        cohort=cohort["name"],
        title=cohort["title"],
        link=link,
        standings=standings,
        scores={(score.metric.name, score.space): score for score in scores},
        **{name: model[name] for name in ("selection", "genes", "model", "kind")},
    )


def _score(row: Mapping[str, Any], model: str) -> Score:
    metric, grade = METRIC[row["metric"]], GRADES[row["grade"]]
    value, low, high, ceiling, floor = (
        _number(row[name]) for name in ("value", "ci_low", "ci_high", "ceiling", "floor")
    )
    return Score(
        metric=metric,
        space=row["space"],
        model=model,
        value=value,
        low=low,
        high=high,
        ceiling=ceiling,
        floor=floor,
        relative=_number(row["relative"]),
        relative_interval=tuple(sorted(metric.relative(limit, ceiling, floor) for limit in (low, high))),
        relative_folds=[],
        grade=grade,
        note="",
    )


def _table(entries: Sequence[Entry]) -> pd.DataFrame:
    """All scores of all models, each with the use that it decides on, if any."""
    use_of = {decides: use.name for use in USES for decides in use.metrics.items()}
    rows = []
    for entry in entries:
        for place, score in entry.scores.items():
            named = [entry.cohort, entry.selection, entry.model, entry.kind, use_of.get(place, ""), *place]
            numbers = [score.value, score.low, score.high, score.ceiling, score.floor, score.relative]
            rows.append([*named, *numbers, score.grade.name])
    return pd.DataFrame(rows, columns=COLUMNS)


def _number(value: float | None) -> float:
    """JSON has no NaN."""
    return np.nan if value is None else value
