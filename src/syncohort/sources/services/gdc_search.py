"""What the API of the Genomic Data Commons is asked, page by page."""

import json
import re
from typing import Any
from urllib.parse import urlencode

from syncohort.sources.download.client import Client
from syncohort.sources.download.remote_file import RemoteFile

# Without a size the API answers with 10 entries, and says nothing of the rest.
PAGE = 1000
FILES = {
    "format": "JSON",
    "sort": "file_id:asc",
    "fields": ",".join(
        (
            "file_id",
            "file_name",
            "md5sum",
            "file_size",
            "associated_entities.entity_submitter_id",
            "cases.submitter_id",
            "cases.project.project_id",
            "cases.samples.sample_type",
            "cases.samples.portions.analytes.aliquots.submitter_id",
        )
    ),
}
CASES = {
    "format": "JSON",
    "sort": "case_id:asc",
    "fields": "submitter_id,primary_site,disease_type,follow_ups.days_to_follow_up",
    # Whole groups, since single fields come and go: `gender` became `sex_at_birth`, `tumor_stage` went.
    "expand": "demographic,diagnoses",
}


class Search:
    """The questions to the API for one dataset.

    Parameters
    ----------
    client
        Client of the API.

    Attributes
    ----------
    pages
        Every answer so far as a file to fetch, the state of the API first. Their folder bears the name of the data
        release, so that pages left by a download which broke off in another release are not taken for these.
    """

    def __init__(self, client: Client) -> None:
        self.client = client
        release = client.json("status")["data_release"]
        self.folder = f"listing/{re.sub(r'[^0-9A-Za-z.]+', '-', release)}"
        self.pages = [RemoteFile(client.url("status"), f"{self.folder}/status.json")]

    def star_counts(self, project: str) -> list[dict[str, Any]]:
        """Ask for the open STAR counts of a project: of all sample types, so that what is left out is counted."""
        conditions = [
            _equal("cases.project.project_id", project),
            _equal("data_type", "Gene Expression Quantification"),
            _equal("analysis.workflow_type", "STAR - Counts"),
            _equal("access", "open"),
        ]
        return self._ask("files", FILES, {"op": "and", "content": conditions})

    def cases(self, project: str) -> list[dict[str, Any]]:
        """Ask for the cases of a project."""
        return self._ask("cases", CASES, _equal("project.project_id", project))

    def _ask(self, endpoint: str, query: dict[str, str], filters: dict[str, Any]) -> list[dict[str, Any]]:
        """Ask for all pages of an endpoint, and give their entries."""
        hits: list[dict[str, Any]] = []
        number, total = 0, 1
        while PAGE * number < total:
            asked = {"filters": json.dumps(filters), **query, "size": PAGE, "from": PAGE * number}
            data = self.client.json(endpoint, **asked)["data"]
            hits, total = hits + data["hits"], data["pagination"]["total"]
            url = self.client.url(f"{endpoint}?{urlencode(asked)}")
            self.pages.append(RemoteFile(url, f"{self.folder}/{endpoint}-{number:03d}.json"))
            number += 1
        return hits


def _equal(field: str, value: str) -> dict[str, Any]:
    return {"op": "=", "content": {"field": field, "value": value}}
