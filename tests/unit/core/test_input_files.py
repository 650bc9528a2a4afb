"""A file that settings name is found before any job, or refused with its key."""

import pytest

from syncohort.core.errors import InputError
from syncohort.core.input_files import named_files, require_files

EXPRESSION = {"selections": ["deg"], "pathway": {"gene_sets": None}, "list": {"file": "genes.txt"}}
LOCAL = {"source": {"local": {"matrix": ["a.tsv", "b.tsv"], "samples": None}}, "expression": EXPRESSION}


def test_every_file_of_a_local_cohort_is_named_after_its_key():
    assert list(named_files(LOCAL)) == [
        ("source.local.matrix", "a.tsv"),
        ("source.local.matrix", "b.tsv"),
        ("source.local.samples", None),
    ]


def test_files_of_a_selection_count_where_it_is_asked_for():
    pathway = EXPRESSION | {"selections": ["pathway", "list"], "pathway": {"gene_sets": "sets.gmt"}}
    settings = {"source": {"simulated": {}}, "expression": pathway}
    assert list(named_files(settings)) == [
        ("expression.pathway.gene_sets", "sets.gmt"),
        ("expression.list.file", "genes.txt"),
    ]


def test_a_cohort_of_images_alone():
    assert list(named_files({"mri": {"source": {"brats": {"folder": "BraTS"}}}})) == [
        ("mri.source.brats.folder", "BraTS")
    ]
    nodule = {"nodule": {"source": {"folder": {"folder": "CT"}}, "sample": {"profiles": "more.tsv"}}}
    assert list(named_files(nodule)) == [("nodule.source.folder.folder", "CT"), ("nodule.sample.profiles", "more.tsv")]


def test_a_missing_file_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.tsv").touch()
    with pytest.raises(InputError) as error:
        require_files("lung", LOCAL)
    assert str(error.value) == (
        f"Cohort lung: source.local.matrix names b.tsv, and there is no such file in {tmp_path}. "
        "Correct the path or put the file there."
    )
    (tmp_path / "b.tsv").touch()
    require_files("lung", LOCAL)


def test_a_folder_is_no_file_and_a_file_no_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "network").mkdir()
    (tmp_path / "slides.zip").touch()
    own = {"source": {"tiles": {"folder": "network"}}, "generate": {"profiles": None}}
    given = {"histology": own | {"extractor": {"weights": "network"}}}
    with pytest.raises(InputError, match=r"histology.extractor.weights names network, and must name a file. Correct"):
        require_files("lung", given)
    given["histology"]["source"] = {"slides": {"folder": "slides.zip"}}
    with pytest.raises(InputError, match=r"histology.source.slides.folder names slides.zip, and must name a folder."):
        require_files("lung", given)


def test_files_that_the_workflow_makes_may_be_missing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    pathway = EXPRESSION | {"pathway": {"gene_sets": "results/demo/gene_sets.gmt"}}
    require_files("demo", {"source": {"simulated": {}}, "expression": pathway})
