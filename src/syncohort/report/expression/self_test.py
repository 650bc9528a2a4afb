"""The self-test box: did the judges know a copy of the patients and shuffled genes for what they are?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from syncohort.expression.metrics import METRIC
from syncohort.expression.self_test import COPY, PERMUTED
from syncohort.realism.metrics import BIOLOGY, FIDELITY, PRIVACY, UTILITY, Metric
from syncohort.report.contents import CohortReport
from syncohort.report.expression.verdict import HALFWAY

CONTROLS = {COPY: "a bootstrap copy of the training samples", PERMUTED: "training samples with permuted genes"}
# What must come out nearer to the ceiling (True) and nearer to the floor (False). The Wasserstein distance of permuted
# genes is that of real ones, since every gene keeps its values.
EXPECTED = {
    (COPY, "gamma_distances"): True,
    (COPY, "wasserstein"): True,
    (COPY, "tstr"): True,
    (COPY, "membership_distance"): False,
    (COPY, "membership_density"): False,
    (PERMUTED, "gamma_distances"): False,
    (PERMUTED, "wasserstein"): True,
    (PERMUTED, "tstr"): False,
    (PERMUTED, "membership_distance"): True,
    (PERMUTED, "membership_density"): True,
}
WORDS = {
    (FIDELITY, True): "real",
    (FIDELITY, False): "trivial",
    (BIOLOGY, True): "real",
    (BIOLOGY, False): "trivial",
    (UTILITY, True): "useful",
    (UTILITY, False): "useless",
    (PRIVACY, True): "private",
    (PRIVACY, False): "not private",
}


@dataclass(frozen=True)
class SelfTestRow:
    """One control judged by one metric, over all models and selections.

    Parameters
    ----------
    control, metric
        What was judged by what.
    relative
        Its relative scores, one per model and selection: 0 at the floor, 1 at the ceiling.
    expected, found
        What it must come out as, and what it did.
    passed
        Whether both agree; None where it could not be computed.
    """

    control: str
    metric: Metric
    relative: tuple[float, ...]
    expected: str
    found: str
    passed: bool | None


def self_test_rows(report: CohortReport) -> list[SelfTestRow]:
    """Judge the self-tests of all models and selections together."""
    tables = [model.self_test for selection in report.selections for model in selection.models]
    return [_row(control, name, real, pd.concat(tables)) for (control, name), real in EXPECTED.items()]


def self_test_finding(rows: Sequence[SelfTestRow]) -> str:
    """Say whether the judges can be trusted."""
    failed = [row for row in rows if row.passed is False]
    if not any(row.passed for row in rows):
        return "The judges could not be tested on this cohort."
    if not failed:
        return (
            "The judges passed: a copy of the patients came out as real, useful and not private, permuted genes as "
            "trivial, useless and private."
        )
    told = "; ".join(f"{CONTROLS[row.control]} came out as {row.found} by {row.metric.label}" for row in failed)
    return f"The judges failed, so that verdicts that rest on these metrics cannot be trusted here: {told}."


def _row(control: str, name: str, real: bool, table: pd.DataFrame) -> SelfTestRow:
    metric = METRIC[name]
    rows = table[(table["control"] == control) & (table["metric"] == name)]
    relative = tuple(metric.relative(row.value, row.ceiling, row.floor) for row in rows.itertuples())
    known = [value for value in relative if np.isfinite(value)]
    outcome = None if not known else float(np.mean(known)) >= HALFWAY
    found = "–" if outcome is None else WORDS[metric.axis, outcome]
    passed = None if outcome is None else outcome == real
    return SelfTestRow(control, metric, tuple(known), WORDS[metric.axis, real], found, passed)
