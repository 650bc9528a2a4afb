"""The sections of a page: what each wing beside gene expression gives to it, in the order of the page."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from syncohort.report.alert import Alert
from syncohort.report.contents import CohortReport
from syncohort.report.histology.alerts import histology_alerts
from syncohort.report.histology.methods import histology_methods
from syncohort.report.histology.verdict import histology_summary
from syncohort.report.histology.view import view_histology
from syncohort.report.mri.alerts import mri_alerts
from syncohort.report.mri.methods import mri_methods
from syncohort.report.mri.verdict import mri_summary
from syncohort.report.mri.view import view_mri
from syncohort.report.nodule.alerts import nodule_alerts
from syncohort.report.nodule.methods import nodule_methods
from syncohort.report.nodule.verdict import nodule_summary
from syncohort.report.nodule.view import view_nodule
from syncohort.report.radiogenomics.alerts import radiogenomics_alerts
from syncohort.report.radiogenomics.methods import radiogenomics_methods
from syncohort.report.radiogenomics.verdict import radiogenomics_summary
from syncohort.report.radiogenomics.view import view_radiogenomics


@dataclass(frozen=True)
class Section:
    """What a wing gives to the page, by functions of what its results hold (`CohortReport.wings`).

    Parameters
    ----------
    title
        Its heading.
    alerts
        From the wing's results and its settings.
    view
        What the template `<wing>.html` shows, from the results, the cohort's name and the folder for figures; its
        `verdicts` are the sentences, model by model, that the page begins with.
    summary
        The headline of every model, or of the wing, as plain values for `report.json`.
    methods
        Paragraphs of the Methods text of a cohort, and the references that they may cite.
    """

    title: str
    alerts: Callable[[Any, Mapping[str, Any]], Iterable[Alert]]
    view: Callable[[Any, str, Path], Any]
    summary: Callable[[Any], Any]
    methods: Callable[[CohortReport], tuple[str, Mapping[str, str]]]


SECTIONS = {
    "mri": Section("Brain MRI", mri_alerts, view_mri, mri_summary, mri_methods),
    "nodule": Section("CT nodules", nodule_alerts, view_nodule, nodule_summary, nodule_methods),
    "histology": Section("Histology", histology_alerts, view_histology, histology_summary, histology_methods),
    "radiogenomics": Section(
        "Radiogenomics", radiogenomics_alerts, view_radiogenomics, radiogenomics_summary, radiogenomics_methods
    ),
}
