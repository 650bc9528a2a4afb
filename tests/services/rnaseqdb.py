"""RNAseqDB (raw.githubusercontent.com/mskcc/RNAseqDB/master): a gzipped matrix per tissue, study and unit."""

import functools
import gzip
import re

from tests.services.exchange import Answer, Request, text_answer
from tests.services.genes import annotation
from tests.services.simulation import log2_expression, matrix_text

# Tissue → samples of TCGA tumours, and half as many normals, or of GTEx.
TCGA = {"kirc": 24, "kich": 12, **dict.fromkeys(("blca", "brca", "cesc", "coad", "esca", "hnsc", "kirp", "lihc"), 6)}
TCGA |= dict.fromkeys(("luad", "lusc", "prad", "read", "stad", "thca", "ucec", "ucs"), 6)
GTEX = {"kidney": 8, **dict.fromkeys(("bladder", "breast", "cervix", "colon", "esophagus_gas", "esophagus_muc"), 4)}
GTEX |= dict.fromkeys(("esophagus_mus", "liver", "lung", "prostate", "salivary", "stomach", "thyroid", "uterus"), 4)
UNITS = {"expected_count": ("count", 1.0), "normalized": ("fpkm", 0.01), "unnormalized": ("fpkm", 0.01)}
PATH = re.compile(r"/data/(?P<folder>\w+)/(?P<tissue>\w+)-rsem-(?P<unit>\w+)-(?P<part>gtex|tcga-t|tcga)\.txt\.gz")


def answer(request: Request) -> Answer | None:
    """Answer as GitHub does for raw files."""
    body = _file(request.path)
    if body is None:
        return text_answer("404: Not Found", 404)
    return Answer(body, content_type="application/octet-stream", etag=f'"{len(body):x}"')


@functools.cache
def _file(path: str) -> bytes | None:
    """Make a file; uterine carcinosarcoma has no normals."""
    asked = PATH.fullmatch(path)
    if asked is None or UNITS.get(asked["folder"], ("",))[0] != asked["unit"]:
        return None
    tissue, part = asked["tissue"], asked["part"]
    number = (GTEX if part == "gtex" else TCGA).get(tissue, 0) // (2 if part == "tcga" else 1)
    if not number or (tissue, part) == ("ucs", "tcga"):
        return None
    names = [_name(tissue, part, one) for one in range(number)]
    return _matrix(names, part == "tcga-t", UNITS[asked["folder"]][1])


def _name(tissue: str, part: str, number: int) -> str:
    """Name a sample; normals are of the first patients."""
    if part == "gtex":
        return f"GTEX-S{number:02d}XE-{list(GTEX).index(tissue) + 10}26-SM-4AD4L"
    place = f"{list(TCGA).index(tissue):02d}"
    return f"TCGA-{place}-{8300 + number}-{'01A' if part == 'tcga-t' else '11A'}-11R-2315-07"


def _matrix(names: list[str], tumour: bool, factor: float) -> bytes:
    """Write a matrix; Entrez ids are padded with blanks, and some genes are not in the normal tissue."""
    genes = annotation() if tumour else annotation()[1:]
    values = 2 ** log2_expression("/".join(names), [tumour] * len(names), len(annotation()))
    values = values[:, -len(genes) :].T * factor
    rows = [[gene.symbol, f"{gene.entrez:9d}"] for gene in genes]
    return gzip.compress(
        matrix_text(["Hugo_Symbol", "Entrez_Gene_Id", *names], rows, values, "{:.2f}").encode(), mtime=0
    )
