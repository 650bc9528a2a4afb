"""The page of a cohort: its figures, tables and text, put into the template."""

import logging
from pathlib import Path

import pandas as pd

from syncohort.core.io import write_json, write_text
from syncohort.core.naming import FULL
from syncohort.core.splits import TEST, TRAIN, VALIDATION
from syncohort.report.alerts import alerts
from syncohort.report.contents import CohortReport
from syncohort.report.expression.view import view_expression
from syncohort.report.figures.figure import embed
from syncohort.report.methods import methods_text
from syncohort.report.parameters import flatten, to_yaml
from syncohort.report.rendering import templates
from syncohort.report.sections import SECTIONS
from syncohort.report.summary import summarise

logger = logging.getLogger("syncohort")

MOST_BYTES = 15_000_000


def write_cohort_report(report: CohortReport, page: Path, figures: Path) -> None:
    """Write a cohort's page, its figures as files, and beside the page its summary as JSON.

    Parameters
    ----------
    report
        What the page shows.
    page
        The page, one HTML file that needs nothing else. The summary has its name with the ending `.json`.
    figures
        Folder for every figure as PNG, SVG and TSV.
    """
    paragraphs, references = methods_text(report)
    sections = {wing: SECTIONS[wing].view(results, report.name, figures) for wing, results in report.wings.items()}
    html = (
        templates()
        .get_template("cohort.html")
        .render(
            report=report,
            alerts=alerts(report),
            roles=_roles(report.splits),
            **(view_expression(report, figures) if report.cohort is not None else {"selections": []}),
            sections=sections,
            titles={wing: section.title for wing, section in SECTIONS.items()},
            **dict.fromkeys(SECTIONS) | sections,
            paragraphs=paragraphs,
            references=references,
            parameters=flatten(report.settings, report.changed),
            settings_download=embed(to_yaml(report.settings), f"{report.name}.yaml"),
        )
    )
    if (size := len(html.encode())) > MOST_BYTES:
        logger.warning("The report has %.1f MB, more than the %.0f it should.", size / 1e6, MOST_BYTES / 1e6)
    write_text(html, page)
    write_json(summarise(report, page.name), page.with_suffix(".json"))


def _roles(splits: pd.DataFrame) -> pd.DataFrame:
    """Patients of every split by role."""
    columns = [column for column in splits if column == FULL or column.startswith("fold")]
    return pd.DataFrame({role: (splits[columns] == role).sum() for role in (TRAIN, VALIDATION, TEST)})
