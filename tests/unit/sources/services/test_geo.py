"""GEO: FPKM with `NA` for what was not detected, and the characteristics of samples."""

import gzip

import numpy as np
import pytest

from syncohort.core.cohort import curation_of, scale_of
from tests.services import geo as service

EXPRESSION = "\tR01-023\tR01-024\nA1BG\tNA\t1.5\nA2M\t20\t0\n"
SERIES = """!Series_title\t"NSCLC"
!Sample_title\t"R01-024"\t"R01-023"
!Sample_geo_accession\t"GSM1"\t"GSM2"
!Sample_characteristics_ch1\t"gender: Female"\t"gender: Male"
!Sample_characteristics_ch1\t"histology: Adenocarcinoma"\t""
!Sample_characteristics_ch1\t"age at histological diagnosis: 71"\t"age at histological diagnosis: 64"
!series_matrix_table_begin
"""


@pytest.fixture
def record(fetched):
    files = {
        "GSE103584_R01_NSCLC_RNAseq.txt.gz": gzip.compress(EXPRESSION.encode()),
        "GSE103584_series_matrix.txt.gz": gzip.compress(SERIES.encode()),
    }
    return fetched("geo/GSE103584", files)


def test_not_detected_is_zero(read_public, record, counted):
    covariates = {"categorical": ["sex"], "numeric": ["age"]}
    cohort = read_public({"geo": {"series": "GSE103584"}}, [record], covariates=covariates)
    assert cohort.obs_names.tolist() == cohort.obs["patient_id"].tolist() == ["R01-023", "R01-024"]
    assert cohort.obs["sex"].tolist() == ["male", "female"]
    assert cohort.obs["age"].tolist() == [64, 71]
    assert set(cohort.obs["condition"]) == {"tumour"}
    np.testing.assert_array_equal(cohort.X, [[0, 20], [1.5, 0]])
    assert scale_of(cohort).name == "fpkm"
    assert counted(curation_of(cohort))["genes with missing values"] == (1, 2)


def test_genes_that_were_not_always_detected_can_be_left_out(read_public, record):
    cohort = read_public({"geo": {"series": "GSE103584", "missing": "drop_genes"}}, [record])
    assert cohort.var_names.tolist() == ["A2M"]


def test_what_is_not_told_is_missing(read_public, record, counted):
    covariates = {"categorical": [], "numeric": ["age"]}
    kept = read_public({"geo": {"series": "GSE103584"}}, [record], keep={"histology": ["Adenocarcinoma"]})
    assert kept.obs_names.tolist() == ["R01-024"]
    assert read_public({"geo": {"series": "GSE103584"}}, [record], covariates=covariates).n_obs == 2


def test_the_invented_series(read_public, fetched):
    files = {path.rpartition("/")[2]: body for path, body in service.files().items()}
    cohort = read_public(
        {"geo": {"series": "GSE103584"}},
        [fetched("geo/GSE103584", files)],
        covariates={"categorical": ["sex", "histology"], "numeric": ["age"]},
    )
    assert cohort.n_obs == service.PATIENTS
