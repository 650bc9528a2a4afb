"""Every dataset knows its files and tells its version, fetched as a job fetches it."""

import pytest

from syncohort.core.errors import InputError
from syncohort.sources.datasets.listing import TOLD_BY_FILES, list_files
from syncohort.sources.download.archives import extract
from syncohort.sources.download.cache import fetch_dataset, locks_of
from syncohort.sources.download.client import Client
from syncohort.sources.download.ledger import find_entry
from syncohort.sources.services.tcia_tables import read_clinical
from tests.services.exchange import json_answer, text_answer


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


def test_a_collection_of_images(fetch, server):
    dataset = fetch("tcia", "NSCLC-Radiogenomics")
    names = [file["name"] for file in dataset.record["files"]]
    assert names == sorted(names)
    kinds = [name.partition("-1.3")[0] for name in names]
    assert kinds[:6] == ["AMC-001/CT", "AMC-001/SEG", "R01-023/CT", "R01-023/SEG", "R01-024/CT", "R01-024/CT"]
    assert not {"R01-024/PT", "R01-050/CT"} & set(kinds), "of patients with a segmentation, CT and segmentation"
    assert {path.name[:3] for path in extract(dataset.folder / names[0], dataset.folder / "unpacked")} == {"1-0", "LIC"}
    asked = [request.query for request in server.requests if request.path == "/v4/getSeries"]
    assert asked == [{"Collection": "NSCLC Radiogenomics", "Modality": modality} for modality in ("SEG", "CT")]


@pytest.mark.parametrize("nothing", [json_answer([]), text_answer("")], ids=["no series", "no content"])
def test_a_collection_that_is_gone(fetch, server, nothing):
    server.fail("/tcia/v4/getSeries", lambda answer: nothing, times=2)
    with pytest.raises(InputError, match="has no SEG series of the collection NSCLC Radiogenomics"):
        fetch("tcia", "NSCLC-Radiogenomics")


def test_a_clinical_table(fetch):
    dataset = fetch("tcia-tables", "NSCLC-Radiogenomics")
    table = read_clinical(dataset, "nodule.source.tcia").set_index("patient_id")
    assert table.columns[:5].tolist() == ["sex", "age", "histology", "grade", "location"]
    assert table.loc["AMC-001", ["sex", "age", "grade"]].tolist() == ["male", "61", "G2 Moderately differentiated"]
    assert "+Lingula" in table.loc["R01-028", "location"]
    # Several words for what is not known.
    assert table.loc["R01-023", ["Weight (lbs)", "Pack Years", "grade", "Time to Death (days)"]].isna().all()


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
