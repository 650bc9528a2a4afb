"""What the reading of a public source asks for follows the size of what was downloaded."""

import json

import pytest

from syncohort.sources.datasets.memory import memory_of


@pytest.fixture
def records(tmp_path):
    """Write the record of a dataset with some files."""

    def write(*files: tuple[str, int]):
        path = tmp_path / "dataset.json"
        path.write_text(json.dumps({"files": [{"name": name, "size": size} for name, size in files]}))
        return [path]

    return write


@pytest.mark.parametrize(("samples", "least", "most"), [(60, 388, 700), (600, 900, 1400), (1231, 1600, 2200)])
def test_a_project_by_its_samples(records, samples, least, most):
    """The least is what was measured, for the last project drawn on."""
    files = [(f"files/{number}/a.tsv", 4_200_000) for number in range(samples)]
    listing = [("listing/r/files-000.json", 1), ("listing/r/status.json", 1)]
    assert least < memory_of({"gdc": {"projects": ["TCGA-KIRC"]}}, records(*files, *listing)) < most


def test_compendia_by_the_tissues_that_are_asked_for(records):
    downloaded = records(("g_gene_tpm.gct.gz", 1_900_000_000))
    asked = [memory_of({"gtex": {"tissues": ["Kidney", "Lung", "Liver"][:number]}}, downloaded) for number in range(4)]
    assert 4000 < asked[1] < asked[2] < asked[3] < asked[0]
    assert memory_of({"gtex": {"tissues": list("abcdefgh")}}, downloaded) == asked[0]
    assert memory_of({"xena": {"sites": ["kidney"]}}, downloaded) < memory_of({"xena": {"sites": []}}, downloaded)


def test_tables_by_their_size(records):
    small, large = (memory_of({"cgga": {}}, records(("m.txt.zip", size))) for size in (20_000_000, 40_000_000))
    assert large - small == 180


def test_a_dataset_that_is_not_there_yet(tmp_path):
    with pytest.raises(FileNotFoundError):
        memory_of({"geo": {}}, [tmp_path / "dataset.json"])
