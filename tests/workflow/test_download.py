"""Public datasets come into the cache once, by whom they are needed, and nothing else does."""

import pytest

from syncohort.core.config import merge
from syncohort.core.io import read_json, read_tsv
from tests.services import faults

GENES = "results/tiny/expression/pathway/full/genes.tsv"
RECORD = "cache/kegg/hsa99901/dataset.json"


@pytest.fixture
def with_kegg(workplace, tiny):
    """A cohort whose pathway is one of KEGG."""
    workplace.configure(tiny=merge(tiny, {"expression": {"pathway": {"kegg": "hsa99901", "gene_sets": None}}}))
    return workplace


def mirrors(server):
    return ["--config", f"mirrors={{kegg: '{server.mirror('kegg')}'}}"]


def asked(server):
    return [request.path for request in server.requests]


def test_download_fetches_what_the_cohorts_need_and_nothing_else(with_kegg, server):
    assert with_kegg.planned("download", *mirrors(server)) == {"download": 1, "download_dataset": 1}
    assert server.requests == []
    printed = with_kegg.run("download", *mirrors(server))
    assert sorted(asked(server)) == ["/get/hsa99901", "/info/pathway"]
    assert not (with_kegg / "results").exists()
    record = read_json(with_kegg / RECORD)
    assert [file["name"] for file in record["files"]] == ["hsa99901.txt", "release.txt"]
    assert record["version"] == "Release 120.0+/11-20, Nov 26"
    assert "KEGG may be used through this service for academic purposes only" in printed
    # Neither a second time nor from another mirror.
    assert with_kegg.planned("download") == {}
    assert with_kegg.planned("download", "--config", "mirrors={kegg: 'https://elsewhere.org'}") == {}


def test_a_run_without_network_after_the_download(with_kegg, server):
    with_kegg.run("download", *mirrors(server))
    server.requests.clear()
    with_kegg.run(GENES)
    assert server.requests == []
    genes = read_tsv(with_kegg / GENES)
    assert genes["gene"].tolist() == [f"GENE{number:04d}" for number in range(1, 31)]


def test_a_shared_cache_downloads_once(with_kegg, server, tmp_path):
    shared = ["--config", f"cache={tmp_path / 'shared'}", mirrors(server)[1]]
    with_kegg.run("download", *shared)
    server.requests.clear()
    other = type(with_kegg)(tmp_path / "other")
    other.folder.mkdir()
    (other / "config").symlink_to(with_kegg / "config")
    assert other.planned("download", *shared) == {}
    other.run(GENES, *shared)
    assert server.requests == []


def test_forced_download_asks_for_nothing_that_is_there(with_kegg, server):
    with_kegg.run("download", *mirrors(server))
    server.requests.clear()
    with_kegg.run("download", "--forceall", *mirrors(server))
    assert server.requests == []


def test_service_that_is_down_then_up(with_kegg, server):
    server.fail("/kegg/get/hsa99901", faults.status(404))
    printed = with_kegg.fail("download", *mirrors(server))
    assert "KEGG: 127.0.0.1, asked for" in printed
    assert "answered 404 Not Found. Check the name in your settings" in printed
    assert "Traceback" not in printed
    assert not (with_kegg / RECORD).exists()
    with_kegg.run("download", *mirrors(server))
    assert (with_kegg / RECORD).exists()


def test_unknown_source_of_a_mirror(with_kegg):
    printed = with_kegg.fail("--config", "mirrors={keg: 'https://elsewhere.org'}")
    assert "mirrors must be one of gdc, cgga, kegg" in printed
    assert "did you mean kegg?" in printed
