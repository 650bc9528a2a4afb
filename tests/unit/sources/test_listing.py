"""Every dataset knows its files and tells its version, fetched as a job fetches it."""

import pytest

from syncohort.sources.download.cache import fetch_dataset, locks_of
from syncohort.sources.download.client import Client
from syncohort.sources.download.ledger import find_entry
from syncohort.sources.listing import TOLD_BY_FILES, list_files


@pytest.fixture
def fetch(server, tmp_path):
    """Fetch a dataset from the small server."""

    def fetch_it(source, name):
        entry = find_entry(source, name)
        folder = tmp_path / "cache" / source / name
        client = Client(entry.source, locks_of(folder), mirror=server.mirror(source))
        return fetch_dataset(folder, entry, client, lambda: list_files(entry, client), TOLD_BY_FILES.get(source))

    return fetch_it


def test_a_project_of_gdc_comes_in_bundles(fetch, server):
    dataset = fetch("gdc", "TCGA-KIRC")
    assert dataset.record["version"] == "Data Release 45.0 - December 04, 2025"
    assert len(dataset.record["files"]) == 52
    asked = [request.path for request in server.requests if request.path.startswith("/data/")]
    assert sorted(path.count(",") + 1 for path in asked) == [9, 40]


@pytest.mark.parametrize(
    ("source", "name", "version"),
    [
        ("kegg", "hsa99901", "Release 120.0+/11-20, Nov 26"),
        ("cgga", "mRNAseq_325", "6 May 2020"),
        ("gtex", "v10-counts", "v10, RNA-SeQC 2.4.2"),
        ("rnaseqdb", "kirc-fpkm", "branch master"),
    ],
)
def test_versions(fetch, source, name, version):
    assert fetch(source, name).record["version"] == version


@pytest.mark.parametrize(("source", "name"), [("xena", "TcgaTargetGtex"), ("geo", "GSE103584")])
def test_versions_by_the_date_of_the_last_change(fetch, source, name):
    assert fetch(source, name).record["version"].startswith("last changed ")
