"""Genomic Data Commons: the questions to the API, its answers as tables, and whole projects as cohorts."""

import copy
import hashlib
import json

import numpy as np
import pytest
import requests

from syncohort.core.cohort import curation_of, provenance_of, scale_of
from syncohort.core.errors import InputError
from syncohort.sources.download.client import Client
from syncohort.sources.download.ledger import find_entry
from syncohort.sources.services import gdc, gdc_search
from syncohort.sources.services.gdc_tables import cases_table, files_table, read_hits
from tests.services import gdc_content

HIT = {
    "id": "f1",
    "file_id": "f1",
    "file_name": "a.tsv",
    "md5sum": "0" * 32,
    "file_size": 12,
    "associated_entities": [{"entity_submitter_id": "TCGA-A3-3358-01A-01R-1541-07"}],
    "cases": [
        {
            "submitter_id": "TCGA-A3-3358",
            "project": {"project_id": "TCGA-KIRC"},
            "samples": [
                {
                    "sample_type": "Primary Tumor",
                    "portions": [{"analytes": [{"aliquots": [{"submitter_id": "TCGA-A3-3358-01A-01R-1541-07"}]}]}],
                }
            ],
        }
    ],
}
CASE = {
    "id": "c1",
    "submitter_id": "TCGA-A3-3358",
    "primary_site": "Kidney",
    "disease_type": "Adenomas and Adenocarcinomas",
    "demographic": {"sex_at_birth": "female", "vital_status": "Alive", "race": "not reported", "days_to_death": None},
    "diagnoses": [
        {
            "diagnosis_is_primary_disease": "true",
            "age_at_diagnosis": 21915,
            "ajcc_pathologic_stage": "Stage IIIA",
            "tumor_grade": "G3",
            "primary_diagnosis": "Renal cell carcinoma, NOS",
        }
    ],
    "follow_ups": [{"days_to_follow_up": 40}, {"days_to_follow_up": 900}, {}],
}


@pytest.fixture
def client(server, tmp_path):
    return Client(find_entry("gdc", "TCGA-KIRC").source, tmp_path / "locks", mirror=server.mirror("gdc"))


@pytest.fixture
def project(client, fetched):
    """Give a function that fetches a project of the invented GDC."""

    def fetch(name: str = "TCGA-KIRC"):
        files = gdc.list_files(name, find_entry("gdc", name), client)
        return fetched(f"gdc/{name}", {file.name: requests.get(file.url, timeout=10).content for file in files})

    return fetch


def test_every_page_is_asked_for(client, server, monkeypatch):
    """More files than fit on a page, and far more than the ten that the API gives unasked."""
    monkeypatch.setattr(gdc_search, "PAGE", 20)
    files = gdc.list_files("TCGA-KIRC", find_entry("gdc", "TCGA-KIRC"), client)
    counts = [file for file in files if file.checksum]
    entries = [one for one in gdc_content.entries()["files"] if one["cases"][0]["project"]["project_id"] == "TCGA-KIRC"]
    expected = {one["file_id"]: f"md5:{one['md5sum']}" for one in entries if one["access"] == "open"}
    assert {file.url.rpartition("/")[2]: file.checksum for file in counts} == expected
    assert len(expected) == 49
    pages = [file.name.rpartition("/")[2] for file in files if not file.checksum]
    assert pages == ["status.json", *(f"files-00{n}.json" for n in range(3)), "cases-000.json", "cases-001.json"]
    asked = [request for request in server.requests if request.path == "/files"]
    assert [request.query["from"] for request in asked] == ["0", "20", "40"]
    assert {request.query["size"] for request in asked} == {"20"}


def test_a_file_has_the_checksum_that_the_listing_says(client):
    file = gdc.list_files("TCGA-KICH", find_entry("gdc", "TCGA-KICH"), client)[-1]
    content = requests.get(file.url, timeout=10).content
    assert (f"md5:{hashlib.md5(content).hexdigest()}", len(content)) == (file.checksum, file.size)


def test_no_removed_field_is_asked_for(client, server):
    search = gdc_search.Search(client)
    search.star_counts("TCGA-KIRC")
    search.cases("TCGA-KIRC")
    for page in search.pages[1:]:
        assert requests.get(page.url, timeout=10).json()["warnings"] == {}


def test_a_project_without_open_counts(client):
    message = "^source.gdc.projects: the Genomic Data Commons has no open STAR counts of 'TCGA-KIRK'"
    with pytest.raises(InputError, match=message):
        gdc.list_files("TCGA-KIRK", find_entry("gdc", "TCGA-KIRC"), client)


def test_a_page_that_is_missing_is_noticed(tmp_path):
    page = tmp_path / "files-000.json"
    page.write_text(json.dumps({"data": {"hits": [HIT], "pagination": {"total": 2}}}))
    with pytest.raises(InputError, match=r"^source\.gdc: the listing in .* has 1 of 2 entries"):
        read_hits([page], "source.gdc")
    page.write_text('{"message": "internal error"}')
    with pytest.raises(InputError, match="is not an answer of the GDC API"):
        read_hits([page], "source.gdc")


def test_files_by_their_aliquot():
    table = files_table([{**HIT, "file_id": "f2"}, HIT])
    assert table["file_id"].tolist() == ["f1", "f2"]
    first = table.iloc[0]
    assert first["aliquot"] == "TCGA-A3-3358-01A-01R-1541-07"
    assert (first["case"], first["dataset"], first["sample_type"]) == ("TCGA-A3-3358", "TCGA-KIRC", "Primary Tumor")


def test_files_when_fields_are_gone():
    hit = copy.deepcopy(HIT)
    del hit["associated_entities"], hit["cases"][0]["samples"][0]["sample_type"]
    row = files_table([hit]).iloc[0]
    assert (row["aliquot"], row["sample_type"]) == ("TCGA-A3-3358-01A-01R-1541-07", None)
    del hit["cases"][0]["samples"]
    assert files_table([hit]).iloc[0]["aliquot"] == "f1"


def test_cases():
    row = cases_table([CASE]).loc["TCGA-A3-3358"].to_dict()
    assert row == {
        "sex": "female",
        "age": "60.0",
        "grade": "G3",
        "stage": "III",
        "tissue": "kidney",
        "histology": "Renal cell carcinoma, NOS",
        "vital_status": "Alive",
        "days_to_death": None,
        "race": None,
        "ajcc_pathologic_stage": "Stage IIIA",
        "days_to_last_follow_up": "900",
        "disease_type": "Adenomas and Adenocarcinomas",
    }


@pytest.mark.parametrize(
    ("change", "column", "value"),
    [
        ({"demographic": {"gender": "male"}}, "sex", "male"),
        ({"demographic": None}, "sex", None),
        ({"diagnoses": [], "demographic": {"age_at_index": 61}}, "age", "61"),
        ({"diagnoses": [{"days_to_last_follow_up": 7}]}, "days_to_last_follow_up", "7"),
        ({"diagnoses": [{"figo_stage": "Stage IIIC1"}]}, "stage", "III"),
        ({"follow_ups": []}, "days_to_last_follow_up", None),
        (
            {"diagnoses": [{"age_at_diagnosis": 10000, "diagnosis_is_primary_disease": "false"}, *CASE["diagnoses"]]},
            "age",
            "60.0",
        ),
    ],
    ids=["gender", "no demographic", "age at index", "old follow-up", "figo", "no follow-up", "earlier disease"],
)
def test_cases_as_releases_differ(change, column, value):
    assert cases_table([{**CASE, **change}]).iloc[0][column] == value


def test_a_project_as_a_cohort(read_public, project, counted):
    record = project()
    cohort = read_public({"gdc": {"projects": ["TCGA-KIRC"]}}, [record], covariates={"categorical": ["sex", "grade"]})
    # 26 patients, 20 of them with normal tissue; of the second tumour of one, a recurrence and a metastasis none stays.
    assert cohort.obs["condition"].value_counts().to_dict() == {"tumour": 26, "normal": 20}
    assert cohort.obs["patient_id"].nunique() == 26
    assert "TCGA-A3-3300-01A-01R-1541-07" in cohort.obs_names
    assert not cohort.obs_names.str.contains("-01B|-02A|-06A").any()
    assert scale_of(cohort).name == "counts"
    genes = len(gdc_content.with_oddities())
    lines = counted(curation_of(cohort))
    assert lines["samples read"] == (49, 49)
    assert lines["genes read"] == (genes, genes), "N_unmapped and the like are no genes"
    assert lines["pseudoautosomal copies"] == (1, genes)
    assert lines["samples neither tumour nor normal"] == (2, 49)
    assert lines["repeated samples"] == (1, 47)
    assert lines["repeated gene symbols"] == (1, genes - 1)
    assert cohort.var.loc["GENE0001", "ensembl_id"] == "ENSG00000000001"
    np.testing.assert_allclose(cohort.X.sum(axis=1), cohort.obs["library_size"].median(), rtol=1e-3)
    datasets = provenance_of(cohort)["datasets"]
    assert [dataset["name"] for dataset in datasets] == ["gdc/TCGA-KIRC"]
    assert len(datasets[0]["files"]) == 49 + 3


def test_scale_and_protein_coding_genes(read_public, project, counted):
    source = {"gdc": {"projects": ["TCGA-KICH"], "scale": "tpm", "protein_coding": True}}
    cohort = read_public(source, [project("TCGA-KICH")])
    assert scale_of(cohort).name == "tpm"
    assert counted(curation_of(cohort))["genes not protein-coding"][0] > 0
    assert "Y_RNA" not in cohort.var_names
    assert "library_size" not in cohort.obs


def test_two_projects_are_told_apart(read_public, project):
    records = [project("TCGA-KIRC"), project("TCGA-KICH")]
    source = {"gdc": {"projects": ["TCGA-KIRC", "TCGA-KICH"]}}
    cohort = read_public(source, records, covariates={"categorical": ["dataset"]})
    assert cohort.obs["dataset"].value_counts().to_dict() == {"TCGA-KIRC": 46, "TCGA-KICH": 10}


def test_other_sample_types_can_be_asked_for(read_public, project):
    source = {"gdc": {"projects": ["TCGA-KIRC"], "conditions": {"tumour": ["Metastatic"], "normal": []}}}
    assert read_public(source, [project()]).obs_names.tolist() == ["TCGA-A3-3302-06A-01R-1541-07"]
    source["gdc"]["conditions"] = {"tumour": ["Metastasis"], "normal": []}
    with pytest.raises(InputError, match=r"^source\.gdc\.conditions: no sample has one of the labels Metastasis "):
        read_public(source, [project()])
