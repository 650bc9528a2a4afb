"""The ledger is complete, consistent and finds what it names."""

import re

import pytest
import yaml

from syncohort.core.errors import InputError
from syncohort.core.schema import read_schema
from syncohort.core.validation import validate
from syncohort.sources.download.archives import safe_name
from syncohort.sources.download.ledger import LEDGER, find_entry, read_ledger, read_source
from syncohort.sources.download.ledger_reference import render

SOURCES = list(read_ledger())
ENTRIES = [(source, entry) for source, part in read_ledger().items() for entry in part["datasets"]]
NAMES = [f"{source}/{entry['name']}" for source, entry in ENTRIES]


def test_ledger_follows_its_schema():
    schema = LEDGER.with_name("datasets.schema.yaml")
    validate(read_ledger(), yaml.safe_load(schema.read_text(encoding="utf-8")), "resources/datasets.yaml")


def test_names_are_unique():
    assert len(set(NAMES)) == len(NAMES)


@pytest.mark.parametrize(("source", "entry"), ENTRIES, ids=NAMES)
def test_every_dataset_says_what_users_need(source, entry):
    part = {**read_ledger()[source], **entry}
    for key in ("title", "access", "licence", "citation", "verification", "version", "size"):
        assert part.get(key), key
    assert "base_url" in part or part["instructions"]
    if "pattern" in entry:
        assert re.fullmatch(entry["pattern"], entry["name"])
        assert entry["covers"]


@pytest.mark.parametrize(("source", "entry"), [(s, e) for s, e in ENTRIES if s != "brats"], ids=NAMES[:-1])
def test_every_dataset_is_found(source, entry):
    found = find_entry(source, entry["name"])
    assert found.name == f"{source}/{entry['name']}"
    names = [str(safe_name(file.name, "ledger")) for file in found.files]
    assert len(set(names)) == len(entry.get("files", []))
    for text in (found.title, *names, *(file.path for file in found.files)):
        assert "{" not in text


def test_name_of_a_pattern_is_put_into_texts_and_paths():
    entry = find_entry("kegg", "hsa05214")
    assert entry.title == "Genes of the KEGG pathway hsa05214"
    assert (entry.files[0].path, entry.files[0].name) == ("/get/hsa05214", "hsa05214.txt")
    (file,) = find_entry("rnaseqdb", "esophagus_gas-counts").files
    assert file.path == "/data/expected_count/esophagus_gas-rsem-count-gtex.txt.gz"


def test_mirrors_can_be_set_for_whatever_can_be_downloaded():
    known = read_schema("config")["properties"]["mirrors"]["propertyNames"]["enum"]
    assert sorted(known) == sorted(source for source, part in read_ledger().items() if "base_url" in part)


def test_page_on_the_data_is_that_of_the_ledger():
    assert (LEDGER.parents[1] / "docs" / "data.md").read_text(encoding="utf-8") == render()


def test_limits_of_kegg():
    kegg = read_source("kegg")
    assert (kegg.connections, kegg.requests_per_second) == (1, 3)


WRONG = [
    ("keg", "hsa05211", "There is no source 'keg'; did you mean kegg? Known: gdc, cgga, "),
    ("kegg", "map05211", "KEGG has no dataset 'map05211'; did you mean hsa05211? Known: hsa05211."),
    ("brats", "BraTS2021", "BraTS cannot be downloaded by Syncohort. Register at https://www.synapse.org, accept the "),
]


@pytest.mark.parametrize(("source", "dataset", "sentence"), WRONG)
def test_what_cannot_be_found(source, dataset, sentence):
    with pytest.raises(InputError) as error:
        find_entry(source, dataset)
    assert str(error.value).startswith(sentence)
