"""GTEx: chosen tissues, decades of age, GCT."""

import gzip

import numpy as np
import pytest

from syncohort.core.cohort import curation_of, scale_of
from syncohort.core.errors import InputError
from tests.services import gtex as service

GCT = """#1.2
3\t3
Name\tDescription\tGTEX-1117F-0226-SM-5GZZ7\tGTEX-1117F-0426-SM-5EGHI\tGTEX-111CU-0126-SM-5GZWZ
ENSG00000223972.5\tDDX11L1\t0\t1.5\t2
ENSG00000227232.5\tWASH7P\t8.25\t100\t4
ENSG00000002586.20_PAR_Y\tWASH7P\t0\t0\t0
"""
ATTRIBUTES = """SAMPID\tSMRIN\tSMTS\tSMTSD
GTEX-1117F-0226-SM-5GZZ7\t6.8\tAdipose Tissue\tAdipose - Subcutaneous
GTEX-1117F-0426-SM-5EGHI\t7.1\tMuscle\tMuscle - Skeletal
GTEX-111CU-0126-SM-5GZWZ\t\tAdipose Tissue\tAdipose - Visceral (Omentum)
GTEX-111CU-0003-SM-58Q95\t\tBlood\tWhole Blood
"""
DONORS = "SUBJID\tSEX\tAGE\tDTHHRDY\nGTEX-1117F\t2\t60-69\t4\nGTEX-111CU\t1\t50-59\t\n"


@pytest.fixture
def record(fetched):
    return fetched(
        "gtex/v10-tpm",
        {
            "GTEx_gene_tpm.gct.gz": gzip.compress(GCT.encode()),
            "SampleAttributesDS.txt": ATTRIBUTES.encode(),
            "SubjectPhenotypesDS.txt": DONORS.encode(),
        },
    )


def test_all_tissues(read_public, record, counted):
    covariates = {"categorical": ["sex", "tissue", "SMTSD"], "numeric": ["age"]}
    cohort = read_public({"gtex": {}}, [record], covariates=covariates)
    assert cohort.obs["patient_id"].tolist() == ["GTEX-1117F", "GTEX-1117F", "GTEX-111CU"]
    assert set(cohort.obs["condition"]) == {"normal"}
    assert cohort.obs["sex"].tolist() == ["female", "female", "male"]
    assert cohort.obs["age"].tolist() == [64.5, 64.5, 54.5]
    assert cohort.obs["tissue"].tolist() == ["adipose tissue", "muscle", "adipose tissue"]
    np.testing.assert_array_equal(cohort.X, [[0, 8.25], [1.5, 100], [2, 4]])
    assert cohort.var["ensembl_id"].to_dict() == {"DDX11L1": "ENSG00000223972", "WASH7P": "ENSG00000227232"}
    assert scale_of(cohort).name == "tpm"
    lines = counted(curation_of(cohort))
    assert lines["pseudoautosomal copies"] == (1, 3)
    assert lines["sheet rows without expression"] == (1, 4)


@pytest.mark.parametrize(
    ("tissues", "samples"),
    [(["adipose tissue"], [0, 2]), (["Adipose - Subcutaneous", "Muscle"], [0, 1])],
)
def test_chosen_tissues(read_public, record, counted, tissues, samples):
    cohort = read_public({"gtex": {"tissues": tissues}}, [record], covariates={"categorical": ["SMTSD"]})
    names = GCT.splitlines()[2].split("\t")[2:]
    assert cohort.obs_names.tolist() == [names[place] for place in samples]
    assert counted(curation_of(cohort))["samples of other tissues"] == (3 - len(samples), 3)


def test_an_unknown_tissue(read_public, record):
    message = r"^source\.gtex\.tissues: GTEx has no tissue 'Adipose'.* Its tissues: Adipose Tissue, Muscle, and their"
    with pytest.raises(InputError, match=message):
        read_public({"gtex": {"tissues": ["Adipose"]}}, [record])


def test_counts_of_the_invented_gtex(read_public, fetched, counted):
    files = {path.rpartition("/")[2]: body for path, body in service.files().items() if "tpm" not in path}
    source = {"gtex": {"scale": "counts", "tissues": ["Kidney"]}}
    cohort = read_public(source, [fetched("gtex/v10-counts", files)], covariates={"categorical": ["SMTSD"]})
    assert cohort.n_obs == 2 * service.DONORS
    assert cohort.obs["patient_id"].nunique() == service.DONORS
    assert "library_size" in cohort.obs
