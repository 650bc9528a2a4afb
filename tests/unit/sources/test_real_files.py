"""Public files as their publishers wrote them; the numbers are those stated with the data."""

import logging
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from syncohort.core.cohort import curation_of
from syncohort.core.errors import InputError
from syncohort.sources.download.cache import read_record
from syncohort.sources.services.tcia_tables import read_clinical

# In a process of its own, whose peak the kernel counts.
PEAK_MEMORY = """
import re, sys
from pathlib import Path
from syncohort.sources.cohorts.local import read_local_cohort
settings = {
    "matrix": [sys.argv[1]], "scale": "log2", "log2_offset": 1, "genes_in": "rows", "samples": sys.argv[2],
    "columns": {"sample": "sample_id", "patient": "patient_id", "condition": "dataset"},
    "conditions": {"tumour": ["tcga_tumour"], "normal": ["tcga_normal", "gtex"]},
    "missing": "drop_genes", "library_size": "median",
}
covariates = {"categorical": ["tissue", "dataset"], "numeric": [], "missing": "error"}
read_local_cohort(settings, keep={}, covariates=covariates, seed=0)
print(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])
"""


def pairs(cohort):
    """Number of patients with both conditions."""
    return int((cohort.obs.groupby("patient_id", observed=True)["condition"].nunique() == 2).sum())


def test_kirc(read, shared_data):
    cohort = read(str(shared_data / "kirc" / "KIRC_paired_log2.tsv.xz"), scale="log2", log2_offset=0)
    assert cohort.shape == (144, 3811)
    assert pairs(cohort) == 72
    assert (cohort.X.min(), round(float(cohort.X.max()), 1)) == (-2.0, 18.6)
    assert cohort["TCGA-A3-3358-01A-01R-1541-07", "A1BG"].X.item() == pytest.approx(5.07)
    assert cohort.obs_names.str.contains("-01B").sum() == 1


def test_kirc_needs_its_offset(read, shared_data):
    with pytest.raises(InputError, match=r"smallest value is -2 .*or to 0 if none was\.$"):
        read(str(shared_data / "kirc" / "KIRC_paired_log2.tsv.xz"), scale="log2")


def test_kich(read, shared_data, counted):
    files = [str(shared_data / "kich" / f"kich-rsem-count-tcga{part}.txt.gz") for part in ("", "-t")]
    cohort = read(files, scale="counts")
    assert cohort.shape == (85, 20242)
    assert cohort.obs["condition"].value_counts().to_dict() == {"tumour": 60, "normal": 25}
    assert pairs(cohort) == 23
    assert cohort.var.loc["MORC4", "entrez_id"] == "79710"
    library_size = cohort.obs["library_size"]
    np.testing.assert_allclose(cohort.X.sum(axis=1, dtype=float), library_size.median(), rtol=1e-4)
    normal = cohort["TCGA-KL-8339-11A-01R-2315-07", "CCNB1IP1"]
    factor = library_size.median() / normal.obs["library_size"].item()
    assert normal.X.item() == pytest.approx(5818 * factor, rel=1e-5)


def test_kich_is_not_log2(read, shared_data):
    with pytest.raises(InputError, match=r"no expression reaches 2\^50"):
        read(str(shared_data / "kich" / "kich-rsem-count-tcga.txt.gz"), scale="log2")


def test_gbm_needs_a_sheet(read, shared_data):
    with pytest.raises(InputError, match="'ebadf417-08e8-4e89-bc8b-f7a74b0fc781', are not TCGA barcodes"):
        read(str(shared_data / "gbm" / "TCGA-GBM_RNASeqV2_rsem_tpm_156.tsv.xz"), scale="tpm")


def test_gbm_with_a_sheet(read, shared_data, write, counted):
    path = shared_data / "gbm" / "TCGA-GBM_RNASeqV2_rsem_tpm_156.tsv.xz"
    ids = pd.read_csv(path, sep="\t", usecols=[0])["gene_id"]
    samples = pd.read_csv(path, sep="\t", nrows=0).columns[1:]
    cohort = read(str(path), scale="tpm", samples=write("s.tsv", "\n".join(["sample_id", *samples])))
    symbols = ids.str.split("|").str[0]
    unnamed = int((symbols == "?").sum())
    assert cohort.shape == (156, symbols[symbols != "?"].nunique())
    lines = counted(curation_of(cohort))
    assert lines["genes without a name"] == (unnamed, 20531)
    assert lines["repeated gene symbols"] == (1, 20531 - unnamed)
    # SLC35E2 comes twice; the row of entrez 728661 (42, 47, …) is far above that of 9906 (4, 6, …).
    assert cohort.var.loc["SLC35E2", "entrez_id"] == "728661"
    assert cohort[:2, "SLC35E2"].X.ravel().tolist() == pytest.approx([42.48, 47.3])
    assert (cohort.X == 0).mean() == pytest.approx(0.14, abs=0.01)


def test_rnaseqdb_in_bounded_memory(shared_data):
    files = [str(shared_data / "rnaseqdb" / name) for name in ("expression_log2.parquet", "samples.tsv")]
    run = subprocess.run(
        [sys.executable, "-c", PEAK_MEMORY, *files],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
        env={"PYTHONPATH": ":".join(filter(None, sys.path))},
    )
    assert int(run.stdout) < 1024**2, "more than 1 GiB for a matrix of 78 MB"


def test_rnaseqdb(read, shared_data, counted):
    cohort = read(
        str(shared_data / "rnaseqdb" / "expression_log2.parquet"),
        scale="log2",
        samples=str(shared_data / "rnaseqdb" / "samples.tsv"),
        columns={"sample": "sample_id", "patient": "patient_id", "condition": "dataset"},
        conditions={"tumour": ["tcga_tumour"], "normal": ["tcga_normal", "gtex"]},
        covariates={"categorical": ["tissue", "dataset"]},
    )
    sheet = pd.read_csv(shared_data / "rnaseqdb" / "samples.tsv", sep="\t")
    once = sheet.drop_duplicates(["patient_id", "tissue", "dataset"])
    assert cohort.shape == (len(once), 18154)
    assert counted(curation_of(cohort))["repeated samples"] == (len(sheet) - len(once), 1078)
    assert cohort.obs["patient_id"].nunique() == 964
    assert cohort.obs["condition"].value_counts()["tumour"] == 225
    assert cohort.obs["dataset"].cat.categories.tolist() == ["gtex", "tcga_normal", "tcga_tumour"]
    assert cohort["GTEX-S3XE-1226-SM-4AD4L", "A1BG"].X.item() == pytest.approx(6.20)


def test_nsclc(read, shared_data, counted, caplog):
    settings = {
        "samples": str(shared_data / "nsclc" / "NSCLCR01Radiogenomic_DATA_LABELS_2018-05-22_1500-shifted.csv"),
        "columns": {"sample": "Case ID", "patient": None, "condition": None},
        "scale": "log2",
        "log2_offset": 0,
    }
    path = str(shared_data / "nsclc" / "GSE103584_zscore_top1000genes_130pat.csv.gz")
    with caplog.at_level(logging.WARNING, logger="syncohort"):
        cohort = read(path, **settings, covariates={"categorical": ["Gender"]})
    complete = pd.read_csv(path, index_col=0).dropna()
    assert cohort.shape == (130, len(complete))
    assert counted(curation_of(cohort))["genes with missing values"] == (1000 - len(complete), 1000)
    assert counted(curation_of(cohort))["sheet rows without expression"] == (81, 211)


def test_clinical_table_of_nsclc(shared_data, fetched):
    name = "NSCLCR01Radiogenomic_DATA_LABELS_2018-05-22_1500-shifted.csv"
    record = fetched("tcia-tables/NSCLC-Radiogenomics", {name: (shared_data / "nsclc" / name).read_bytes()})
    table = read_clinical(read_record(record), "nodule.source.tcia")
    assert table.columns[:6].tolist() == ["patient_id", "sex", "age", "histology", "grade", "location"]
    assert len(table) == table["patient_id"].nunique() == 211
    assert table["sex"].value_counts().to_dict() == {"male": 135, "female": 76}
    assert pd.to_numeric(table["age"]).between(24, 87).all()
    first = table.set_index("patient_id").loc["AMC-001"]
    assert first[["sex", "age", "histology", "location"]].tolist() == ["male", "34", "Adenocarcinoma", "RLL"]
    assert first[["grade", "Pack Years", "%GG", "Lymphovascular invasion"]].isna().all()


def test_cgga(read, shared_data, tmp_path, counted):
    """The clinical table as published, beside a matrix written as CGGA writes its own."""
    clinical = shared_data / "glioma" / "CGGA.mRNAseq_693_clinical.20200506.txt"
    names = pd.read_csv(clinical, sep="\t", usecols=["CGGA_ID"])["CGGA_ID"]
    values = np.random.default_rng(0).lognormal(1.0, 2.0, (50, len(names))).round(2)
    genes = pd.Index([f"GENE{number}" for number in range(50)], name="Gene_Name")
    matrix = tmp_path / "CGGA.mRNAseq_693.RSEM-genes.txt"
    pd.DataFrame(values, index=genes, columns=names).to_csv(matrix, sep="\t", lineterminator="\r\n")
    settings = {
        "samples": str(clinical),
        "columns": {"sample": "CGGA_ID", "patient": "patient_id", "condition": "condition"},
        "scale": "fpkm",
    }
    covariates = {"categorical": ["PRS_type", "Gender"], "numeric": ["Age"]}
    cohort = read(str(matrix), **settings, covariates={**covariates, "missing": "drop_samples"})
    assert cohort.shape == (692, 50)
    assert counted(curation_of(cohort))["samples without Age"] == (1, 693)
    # The table holds 393 "Male", 4 "Male " and 1 "Male  ", one of them without age, and 290 "Female" and 5 "Female ".
    assert cohort.obs["Gender"].cat.categories.tolist() == ["Female", "Male"]
    assert cohort.obs["Gender"].value_counts().to_dict() == {"Male": 397, "Female": 295}
    fourth = read(str(matrix), **settings, covariates=covariates, keep={"Grade": ["WHO IV"]})
    assert fourth.n_obs == counted(curation_of(fourth))["samples in the cohort"][0] == 249
    with pytest.raises(InputError, match=r"^covariates\.numeric: the covariate 'Age' is missing in 1 of 693 samples"):
        read(str(matrix), **settings, covariates=covariates)
