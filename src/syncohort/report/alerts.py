"""Alerts: what a reader must know before trusting a number of the report."""

from syncohort.report.alert import Alert
from syncohort.report.contents import CohortReport
from syncohort.report.expression.alerts import expression_alerts
from syncohort.report.sections import SECTIONS


def alerts(report: CohortReport) -> list[Alert]:
    """Collect the alerts of a cohort, warnings first."""
    found = expression_alerts(report) if report.cohort is not None else []
    for wing, results in report.wings.items():
        found += SECTIONS[wing].alerts(results, report.settings[wing])
    return sorted(dict.fromkeys(found), key=lambda alert: alert.level != "warning")
