"""RNAseqDB (raw.githubusercontent.com/mskcc/RNAseqDB/master): a gzipped matrix per tissue, study and unit."""

import functools
import gzip

from tests.services.exchange import Answer, Request, text_answer
from tests.services.genes import annotation
from tests.services.simulation import log2_expression, matrix_text

# Prefix of the files, samples of TCGA tumours and normals or of GTEx.
TISSUES = {"kirc": ("tcga", 24), "kich": ("tcga", 12), "kidney": ("gtex", 8)}
UNITS = {"expected_count": ("count", 1.0), "normalized": ("fpkm", 0.01), "unnormalized": ("fpkm", 0.01)}


def answer(request: Request) -> Answer | None:
    """Answer as GitHub does for raw files."""
    body = files().get(request.path)
    if body is None:
        return text_answer("404: Not Found", 404)
    return Answer(body, content_type="application/octet-stream", etag=f'"{len(body):x}"')


@functools.cache
def files() -> dict[str, bytes]:
    """Files by path."""
    made = {}
    for folder, (unit, factor) in UNITS.items():
        for tissue, (study, number) in TISSUES.items():
            parts = {"gtex": number} if study == "gtex" else {"tcga-t": number, "tcga": number // 2}
            for part, samples in parts.items():
                names = [_name(tissue, part, one) for one in range(samples)]
                made[f"/data/{folder}/{tissue}-rsem-{unit}-{part}.txt.gz"] = _matrix(names, part == "tcga-t", factor)
    return made


def _name(tissue: str, part: str, number: int) -> str:
    """Name a sample; normals are of the first patients."""
    if part == "gtex":
        return f"GTEX-S{number:02d}XE-1226-SM-4AD4L"
    return f"TCGA-K{tissue[2].upper()}-{8300 + number}-{'01A' if part == 'tcga-t' else '11A'}-11R-2315-07"


def _matrix(names: list[str], tumour: bool, factor: float) -> bytes:
    """Write a matrix; Entrez ids are padded with blanks, and some genes are not in the normal tissue."""
    genes = annotation() if tumour else annotation()[1:]
    values = 2 ** log2_expression("/".join(names), [tumour] * len(names), len(annotation()))
    values = values[:, -len(genes) :].T * factor
    rows = [[gene.symbol, f"{gene.entrez:9d}"] for gene in genes]
    return gzip.compress(
        matrix_text(["Hugo_Symbol", "Entrez_Gene_Id", *names], rows, values, "{:.2f}").encode(), mtime=0
    )
