"""RNAseqDB: GTEx and TCGA by one pipeline, a matrix per tissue and study."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from syncohort.core.cohort import NORMAL, TUMOUR
from syncohort.core.errors import InputError
from syncohort.core.scale import Scale
from syncohort.sources.curation import Curation
from syncohort.sources.download.cache import Dataset
from syncohort.sources.download.fetched import find_files
from syncohort.sources.genes.annotation import annotate_genes
from syncohort.sources.matrices.joining import join_matrices
from syncohort.sources.matrices.matrix import Matrix
from syncohort.sources.matrices.wide_text import read_heading, read_samples
from syncohort.sources.raw import Conventions, Raw

KEY = "source.rnaseqdb"
NAME = re.compile(r"(?P<tissue>[a-z_]+)-rsem-(?:fpkm|count)-(?P<study>gtex|tcga-t|tcga)\.txt")
# `tcga` alone is the normal tissue of TCGA's patients.
STUDIES = {"gtex": ("gtex", NORMAL), "tcga": ("tcga_normal", NORMAL), "tcga-t": ("tcga_tumour", TUMOUR)}
# What RNAseqDB calls tissues, by GTEx's word or TCGA's project; others are their own name.
TISSUES = {
    "blca": "bladder",
    "brca": "breast",
    "cesc": "cervix",
    "chol": "bile duct",
    "coad": "colon",
    "esca": "esophagus",
    "esophagus_gas": "esophagus",
    "esophagus_muc": "esophagus",
    "esophagus_mus": "esophagus",
    "hnsc": "head and neck",
    "kich": "kidney",
    "kirc": "kidney",
    "kirp": "kidney",
    "lihc": "liver",
    "luad": "lung",
    "lusc": "lung",
    "prad": "prostate",
    "read": "rectum",
    "salivary": "salivary gland",
    "stad": "stomach",
    "thca": "thyroid",
    "ucec": "uterus",
    "ucs": "uterus",
}


def read(settings: dict[str, Any], datasets: Mapping[str, Dataset], curation: Curation) -> Raw:
    """Read the chosen tissues, joined on the genes that all their matrices share.

    Parameters
    ----------
    settings
        The complete mapping `source.rnaseqdb`.
    datasets
        Name → fetched dataset, one per tissue.
    curation
        Where every rule is counted.

    Raises
    ------
    InputError
        When a file is damaged or not what RNAseqDB publishes.
    """
    matrices, tables = [], []
    for dataset in datasets.values():
        for path in find_files(dataset, "*.txt.gz"):
            matrix, table = read_tissue(path)
            samples, genes = matrix.values.shape
            curation.note("samples read", samples, samples, path.name)
            curation.note("genes read", genes, genes, path.name)
            matrices.append(matrix)
            tables.append(table)
    conventions = Conventions(KEY, Scale(settings["scale"]), matrix=KEY, library_size=settings["library_size"])
    return Raw(join_matrices(matrices, curation, KEY), pd.concat(tables), conventions)


def read_tissue(path: Path) -> tuple[Matrix, pd.DataFrame]:
    """Read a matrix, and what its name and those of its samples tell: patient, condition, tissue, study and project."""
    name = NAME.match(path.name)
    if not name:
        raise InputError(f"{KEY}: {path} is not called as RNAseqDB calls its matrices. Delete it and download again.")
    heading = read_heading(path, KEY)
    values, names = read_samples(path, heading[2:], names=heading[:2], key=KEY)
    samples = pd.Index(heading[2:], dtype=object)
    # GTEX-S3XE has two fields, TCGA-KL-8325 three.
    patient = samples.to_series().str.extract(r"^(GTEX-[^-]+|[^-]+-[^-]+-[^-]+)", expand=False)
    dataset, condition = STUDIES[name["study"]]
    table = pd.DataFrame({"patient_id": patient.fillna(samples.to_series()), "condition": condition}, index=samples)
    table["tissue"] = TISSUES.get(name["tissue"], name["tissue"])
    table["dataset"] = dataset
    table["tcga_project"] = None if dataset == "gtex" else name["tissue"].upper()
    genes = annotate_genes(names.set_axis(["id", "entrez_id"], axis=1))
    return Matrix(values, table[[]], genes), table
