"""The cohort in numbers, and the machine-readable summary that index and leaderboard are made from."""

from dataclasses import dataclass
from typing import Any

import anndata
import numpy as np

from syncohort.core.cohort import NORMAL, TUMOUR
from syncohort.expression.spaces import SELECTED_GENES
from syncohort.report.contents import CohortReport
from syncohort.report.expression.scores import Score, scores_of
from syncohort.report.expression.verdict import row_of, verdicts
from syncohort.report.sections import SECTIONS

HEADLINE = "gamma_distances"


@dataclass(frozen=True)
class CohortNumbers:
    """Sizes of a cohort; `pairs` counts patients with both conditions."""

    patients: int
    samples: int
    tumours: int
    normals: int
    pairs: int
    genes: int

    @classmethod
    def of(cls, cohort: anndata.AnnData) -> "CohortNumbers":
        """Count."""
        patients, condition = cohort.obs["patient_id"].astype(str), cohort.obs["condition"].astype(str)
        tumour, normal = condition == TUMOUR, condition == NORMAL
        return cls(
            patients=patients.nunique(),
            samples=cohort.n_obs,
            tumours=int(tumour.sum()),
            normals=int(normal.sum()),
            pairs=len(set(patients[tumour]) & set(patients[normal])),
            genes=cohort.n_vars,
        )


def summarise(report: CohortReport, page: str) -> dict[str, Any]:
    """Give the verdict, the headline and all scores as plain values, ready for JSON.

    Parameters
    ----------
    report
        The report.
    page
        File name of the page, in the folder the summary is written to.
    """
    numbers = CohortNumbers.of(report.cohort) if report.cohort is not None else None
    return {
        "name": report.name,
        "title": report.title,
        "page": page,
        **({name: getattr(numbers, name) for name in ("patients", "samples", "genes")} if numbers else {}),
        "models": [
            {
                "selection": selection.name,
                "model": model.name,
                "kind": model.settings["kind"],
                "genes": len(selection.selected),
                "headline": {"metric": HEADLINE, **_score(row_of(model.cross_validation, HEADLINE, SELECTED_GENES))},
                "verdicts": [
                    {
                        "use": verdict.use.name,
                        "grade": verdict.grade.name,
                        "words": verdict.words,
                        "metric": verdict.metric.name,
                        "relative": _plain(verdict.relative),
                    }
                    for verdict in verdicts(model)
                ],
                "scores": [_as_plain(score) for score in scores_of(model)],
            }
            for selection in report.selections
            for model in selection.models
        ],
        **dict.fromkeys(SECTIONS),
        **{wing: SECTIONS[wing].summary(results) for wing, results in report.wings.items()},
    }


def _as_plain(score: Score) -> dict[str, Any]:
    """Give a score as the leaderboard needs it: ready for a table, one value per column."""
    numbers = {
        "value": score.value,
        "ci_low": score.low,
        "ci_high": score.high,
        "ceiling": score.ceiling,
        "floor": score.floor,
        "relative": score.relative,
    }
    named = {"metric": score.metric.name, "space": score.space}
    return {**named, **{name: _plain(number) for name, number in numbers.items()}, "grade": score.grade.name}


def _score(row: Any) -> dict[str, float | None]:
    return {
        "value": _plain(row["value"]),
        "ceiling": _plain(row["ceiling"]),
        "floor": _plain(row["floor"]),
    }


def _plain(number: float) -> float | None:
    """JSON has no NaN."""
    return float(number) if np.isfinite(number) else None
