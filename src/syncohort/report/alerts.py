"""Alerts: what a reader must know before trusting a number of the report."""

from syncohort.report.alert import Alert
from syncohort.report.contents import CohortReport
from syncohort.report.expression.alerts import expression_alerts
from syncohort.report.histology.alerts import histology_alerts
from syncohort.report.mri.alerts import image_alerts
from syncohort.report.nodule.alerts import nodule_alerts
from syncohort.report.radiogenomics.alerts import radiogenomics_alerts


def alerts(report: CohortReport) -> list[Alert]:
    """Collect the alerts of a cohort, warnings first."""
    found = expression_alerts(report) if report.cohort is not None else []
    if report.images is not None:
        found += image_alerts(report.images, report.settings["mri"])
    if report.nodules is not None:
        found += nodule_alerts(report.nodules, report.settings["nodule"])
    if report.histology is not None:
        found += histology_alerts(report.histology, report.settings["histology"])
    if report.radiogenomics is not None:
        found += radiogenomics_alerts(report.radiogenomics, report.settings["radiogenomics"])
    return sorted(dict.fromkeys(found), key=lambda alert: alert.level != "warning")
