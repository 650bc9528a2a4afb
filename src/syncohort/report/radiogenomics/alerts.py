"""Alerts on radiogenomics: what a reader must know before trusting its numbers."""

from collections.abc import Iterator, Mapping
from typing import Any

from syncohort.radiogenomics.fold import PAPER
from syncohort.report.alert import Alert
from syncohort.report.radiogenomics.contents import RadiogenomicsReport
from syncohort.report.wording import names, words

FEW_PAIRS = 50
UNSTABLE = 0.3


def radiogenomics_alerts(report: RadiogenomicsReport, settings: Mapping[str, Any]) -> Iterator[Alert]:
    """Collect the alerts; `settings` is the mapping `radiogenomics`."""
    if settings["protocol"] == PAPER:
        text = (
            "Radiogenomics follows the published protocol, whose scaling, pretraining and choice of learning rates see "
            "the held-out patients: its scores are too good. Set radiogenomics.protocol: strict for honest ones."
        )
        yield Alert("warning", text)
    if report.pairs < FEW_PAIRS:
        text = f"Only {report.pairs} patients have both expression and images: weak associations cannot be seen."
        yield Alert("warning", text)
    incomplete = (report.account["status"] == "incomplete features").sum()
    if incomplete:
        yield Alert("note", f"{incomplete} patients with images are left out, since an image feature is missing.")
    if not report.attributions.empty:
        stability = report.attributions.groupby("feature", sort=False)["stability"].first()
        unstable = [words(feature) for feature in stability.index[stability < UNSTABLE]]
        if unstable:
            text = f"Folds disagree on the genes of {names(unstable)}: those lists should not be interpreted."
            yield Alert("note", text)
