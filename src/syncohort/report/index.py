"""The index: all cohorts of a run in one table."""

import os
from collections.abc import Sequence
from pathlib import Path

from syncohort.core.io import read_json, write_text
from syncohort.report.expression.verdict import GRADES, USES
from syncohort.report.rendering import templates
from syncohort.sources.volumes.labels import NESTED


def write_index(summaries: Sequence[Path], page: Path) -> None:
    """Write the index page.

    Parameters
    ----------
    summaries
        The `report.json` of every cohort, in the order to list them.
    page
        The page; links are relative to it.
    """
    cohorts = []
    for summary in map(Path, summaries):
        content = read_json(summary)
        link = Path(os.path.relpath(summary.parent / content["page"], Path(page).parent)).as_posix()
        cohorts.append({**content, "link": link})
    write_text(
        templates().get_template("index.html").render(cohorts=cohorts, grades=GRADES, uses=USES, regions=list(NESTED)),
        page,
    )
