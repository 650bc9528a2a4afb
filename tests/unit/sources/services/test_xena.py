"""UCSC Xena: chosen studies and sites, sample types, Latin-1."""

import gzip

import numpy as np
import pytest

from syncohort.core.cohort import curation_of, scale_of
from syncohort.core.errors import InputError
from tests.services import xena as service

MATRIX = "sample\tTCGA-B0-4800-01\tTCGA-B0-4800-11\tGTEX-S4Q7-0003-SM-3NM8M\tTARGET-20-PADDXZ-09\n"
MATRIX += "ENSG00000242268.2\t-9.9658\t2.5\t3\t1\nENSG00000259041.1\t0.25\t-9.9658\t1\t1\n"
PHENOTYPE = """sample\tdetailed_category\tprimary disease or tissue\t_primary_site\t_sample_type\t_gender\t_study
TCGA-B0-4800-01\tx\tKidney Clear Cell Carcinoma\tKidney\tPrimary Tumor\tMale\tTCGA
TCGA-B0-4800-11\tx\tKidney Clear Cell Carcinoma\tKidney\tSolid Tissue Normal\tMale\tTCGA
GTEX-S4Q7-0003-SM-3NM8M\tx\tMénière\tKidney\tNormal Tissue\tFemale\tGTEX
TARGET-20-PADDXZ-09\tx\tAML\tWhite blood cell\tPrimary Blood Derived Cancer - Bone Marrow\tMale\tTARGET
"""
SYMBOLS = "id\tgene\tchrom\nENSG00000242268.2\tLINC02082\tchr3\nENSG00000259041.1\tAC008050.1\tchr14\n"


@pytest.fixture
def files():
    return {
        "TcgaTargetGtex_rsem_gene_tpm.gz": gzip.compress(MATRIX.encode()),
        "TcgaTargetGTEX_phenotype.txt.gz": gzip.compress(PHENOTYPE.encode("latin-1")),
        "gencode.v23.annotation.gene.probemap": SYMBOLS.encode(),
    }


def test_studies_and_sites(read_public, fetched, files, counted):
    record = fetched("xena/TcgaTargetGtex", files)
    source = {"xena": {"sites": ["Kidney"]}}
    cohort = read_public(source, [record], covariates={"categorical": ["dataset", "sex", "histology"]})
    assert cohort.obs_names.tolist() == ["TCGA-B0-4800-01", "TCGA-B0-4800-11", "GTEX-S4Q7-0003-SM-3NM8M"]
    assert cohort.obs["patient_id"].tolist() == ["TCGA-B0-4800", "TCGA-B0-4800", "GTEX-S4Q7"]
    assert cohort.obs["condition"].tolist() == ["tumour", "normal", "normal"]
    assert cohort.obs["dataset"].tolist() == ["tcga", "tcga", "gtex"]
    assert "Ménière" in set(cohort.obs["histology"])
    np.testing.assert_allclose(cohort.X, [[-9.9658, 0.25], [2.5, -9.9658], [3, 1]], rtol=1e-6)
    assert (scale_of(cohort).name, scale_of(cohort).log2_offset) == ("log2", 0.001)
    assert cohort.var["ensembl_id"].to_dict() == {"LINC02082": "ENSG00000242268", "AC008050.1": "ENSG00000259041"}
    assert counted(curation_of(cohort))["samples of other studies"] == (1, 4)


def test_all_studies(read_public, fetched, files):
    cohort = read_public({"xena": {"studies": []}}, [fetched("xena/TcgaTargetGtex", files)])
    assert cohort.obs["patient_id"].tolist()[-1] == "TARGET-20-PADDXZ"
    assert cohort.obs["condition"].tolist()[-1] == "tumour"


def test_without_symbols_genes_are_named_by_ensembl(read_public, fetched, files):
    del files["gencode.v23.annotation.gene.probemap"]
    cohort = read_public({"xena": {}}, [fetched("xena/TcgaTargetGtex", files)])
    assert cohort.var_names.tolist() == ["ENSG00000242268", "ENSG00000259041"]


def test_an_unknown_site(read_public, fetched, files):
    message = r"^source\.xena\.sites: there is no 'kidny'; did you mean kidney\? Known: kidney\.$"
    with pytest.raises(InputError, match=message):
        read_public({"xena": {"sites": ["kidny"]}}, [fetched("xena/TcgaTargetGtex", files)])


def test_values_that_cannot_be(read_public, fetched, files):
    files["TcgaTargetGtex_rsem_gene_tpm.gz"] = gzip.compress(MATRIX.replace("2.5", "812").encode())
    message = r"^source\.xena: the files hold 812 in gene LINC02082, sample TCGA-B0-4800-11, and no log2\(x \+ 0\.001\)"
    with pytest.raises(InputError, match=message):
        read_public({"xena": {}}, [fetched("xena/TcgaTargetGtex", files)])


def test_the_invented_hub(read_public, fetched, counted):
    files = {path.rpartition("/")[2]: body for path, body in service.files().items()}
    cohort = read_public({"xena": {"sites": ["kidney"]}}, [fetched("xena/TcgaTargetGtex", files)])
    assert cohort.obs["condition"].value_counts().to_dict() == {"tumour": 14, "normal": 18}
    assert counted(curation_of(cohort))["samples neither tumour nor normal"] == (1, 33)
