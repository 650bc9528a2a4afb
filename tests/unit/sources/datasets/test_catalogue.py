"""The names of datasets by the settings of cohorts, and that the ledger and the readers know them."""

from pathlib import Path

import pytest

from syncohort.core.config import load_settings
from syncohort.core.schema import read_schema
from syncohort.sources.cohorts.public import READERS
from syncohort.sources.datasets.catalogue import PUBLIC, datasets_of, public_datasets
from syncohort.sources.download.ledger import find_entry

COHORTS = Path(__file__).resolve().parents[4] / "config" / "cohorts"
SHIPPED = sorted(path.stem for path in COHORTS.glob("[!_]*.yaml"))


@pytest.mark.parametrize(
    ("source", "datasets"),
    [
        ({"gdc": {"projects": ["TCGA-KIRC", "TCGA-KICH"]}}, ["gdc/TCGA-KIRC", "gdc/TCGA-KICH"]),
        ({"cgga": {"datasets": ["mRNAseq_693"]}}, ["cgga/mRNAseq_693"]),
        ({"gtex": {"version": "v10", "scale": "counts"}}, ["gtex/v10-counts"]),
        ({"xena": {"compendium": "TcgaTargetGtex"}}, ["xena/TcgaTargetGtex"]),
        (
            {"rnaseqdb": {"tissues": ["kirc", "kidney"], "scale": "fpkm"}},
            ["rnaseqdb/kirc-fpkm", "rnaseqdb/kidney-fpkm"],
        ),
        ({"geo": {"series": "GSE103584"}}, ["geo/GSE103584"]),
        ({"local": {"matrix": ["m.tsv"]}}, []),
        ({"simulated": {}}, []),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_names(source, datasets):
    assert datasets_of(source) == datasets


def test_schema_catalogue_and_readers_know_the_same_sources():
    sources = set(read_schema("cohort")["properties"]["source"]["properties"])
    assert set(PUBLIC) == set(READERS) == sources - {"local", "simulated"}


@pytest.mark.parametrize("cohort", SHIPPED)
def test_the_ledger_knows_what_shipped_cohorts_need(cohort):
    settings = load_settings({"cohorts": [cohort]}, [COHORTS]).cohorts[cohort].values
    for name in public_datasets(settings):
        entry = find_entry(*name.split("/"))
        assert entry.name == name
        assert entry.citation
        assert entry.licence
