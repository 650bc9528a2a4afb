"""RNAseqDB: what names of files and samples tell, and the real matrices of TCGA-KICH."""

import gzip

import numpy as np
import pytest

from syncohort.core.cohort import curation_of
from syncohort.core.errors import InputError

TUMOUR = "Hugo_Symbol\tEntrez_Gene_Id\tTCGA-KL-8325-01A-11R-2315-07\nCCNB1IP1\t    57820\t4.5\nMORC4\t    79710\t2\n"
NORMAL = TUMOUR.replace("-01A-", "-11A-").replace("MORC4", "MORC3")
GTEX = "Hugo_Symbol\tEntrez_Gene_Id\tGTEX-S3XE-1226-SM-4AD4L\nMORC4\t    79710\t8\nCCNB1IP1\t    57820\t1.25\n"


def record_of(fetched, name: str, **parts: str):
    unit = "fpkm" if name.endswith("fpkm") else "count"
    files = {f"{name.split('-')[0]}-rsem-{unit}-{part}.txt.gz": text for part, text in parts.items()}
    files = {file.replace("tcga_t", "tcga-t"): gzip.compress(text.encode()) for file, text in files.items()}
    return fetched(f"rnaseqdb/{name}", files)


def test_tissues_are_joined(read_public, fetched, counted):
    kich = record_of(fetched, "kich-fpkm", tcga_t=TUMOUR, tcga=NORMAL)
    kidney = record_of(fetched, "kidney-fpkm", gtex=GTEX)
    source = {"rnaseqdb": {"tissues": ["kich", "kidney"]}}
    cohort = read_public(source, [kich, kidney], covariates={"categorical": ["dataset"]})
    assert cohort.obs["dataset"].tolist() == ["tcga_tumour", "tcga_normal", "gtex"]
    assert cohort.obs["condition"].tolist() == ["tumour", "normal", "normal"]
    assert cohort.obs["patient_id"].tolist() == ["TCGA-KL-8325", "TCGA-KL-8325", "GTEX-S3XE"]
    assert cohort.var["entrez_id"].to_dict() == {"CCNB1IP1": "57820"}
    np.testing.assert_array_equal(cohort.X, [[4.5], [4.5], [1.25]])
    assert counted(curation_of(cohort))["genes not in every file"] == (2, 3)


@pytest.mark.parametrize(
    ("prefix", "tissue"),
    [("kich", "kidney"), ("esophagus_muc", "esophagus"), ("lung", "lung"), ("salivary", "salivary gland")],
)
def test_tissues_have_one_name(read_public, fetched, prefix, tissue):
    records = [
        record_of(fetched, f"{prefix}-fpkm", gtex=GTEX),
        record_of(fetched, "liver-fpkm", gtex=GTEX.replace("S3XE", "S4")),
    ]
    source = {"rnaseqdb": {"tissues": [prefix, "liver"]}}
    cohort = read_public(source, records, covariates={"categorical": ["tissue"]})
    assert cohort.obs["tissue"].tolist() == [tissue, "liver"]


def test_another_name_is_refused(read_public, fetched):
    record = fetched("rnaseqdb/kich-fpkm", {"expression.txt.gz": gzip.compress(TUMOUR.encode())})
    with pytest.raises(InputError, match=r"^source\.rnaseqdb: .*expression.txt.gz is not called as RNAseqDB calls"):
        read_public({"rnaseqdb": {"tissues": ["kich"]}}, [record])


def test_the_real_kich(read_public, fetched, shared_data):
    files = {path.name: path.read_bytes() for path in (shared_data / "kich").glob("kich-rsem-count-tcga*.txt.gz")}
    source = {"rnaseqdb": {"tissues": ["kich"], "scale": "counts"}}
    cohort = read_public(source, [fetched("rnaseqdb/kich-counts", files)])
    assert cohort.shape == (85, 20242)
    assert cohort.obs["condition"].value_counts().to_dict() == {"tumour": 60, "normal": 25}
    assert (cohort.obs.groupby("patient_id", observed=True)["condition"].nunique() == 2).sum() == 23
    assert cohort.var.loc["MORC4", "entrez_id"] == "79710"
    assert "library_size" in cohort.obs
