"""The page of a cohort: its figures, tables and text, put into the template."""

import logging
from pathlib import Path

import pandas as pd

from syncohort.core.io import write_json, write_text
from syncohort.core.naming import FULL
from syncohort.core.splits import TEST, TRAIN, VALIDATION
from syncohort.report.alerts import alerts
from syncohort.report.contents import CohortReport
from syncohort.report.expression.view import expression_view
from syncohort.report.figures.figure import embed
from syncohort.report.histology.view import view_histology
from syncohort.report.methods import methods_text
from syncohort.report.mri.view import view_images
from syncohort.report.nodule.view import view_nodules
from syncohort.report.parameters import flatten, to_yaml
from syncohort.report.radiogenomics.view import radiogenomics_view
from syncohort.report.rendering import templates
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
    html = (
        templates()
        .get_template("cohort.html")
        .render(
            report=report,
            alerts=alerts(report),
            roles=_roles(report.splits),
            **(expression_view(report, figures) if report.cohort is not None else {"selections": []}),
            histology=view_histology(report.histology, report.name, figures) if report.histology else None,
            nodules=view_nodules(report.nodules, report.name, figures) if report.nodules else None,
            images=view_images(report, figures) if report.images is not None else None,
            radiogenomics=radiogenomics_view(report.radiogenomics, figures) if report.radiogenomics else None,
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
