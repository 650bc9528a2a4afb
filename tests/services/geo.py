"""GEO's archive of series (ftp.ncbi.nlm.nih.gov/geo): GSE103584, NSCLC Radiogenomics."""

import functools
import gzip

from tests.services.exchange import Answer, Request, text_answer
from tests.services.genes import annotation
from tests.services.simulation import generator, log2_expression

SERIES = "/series/GSE103nnn/GSE103584"
PATIENTS = 30


def answer(request: Request) -> Answer | None:
    """Answer as NCBI's file server does."""
    if request.path in files():
        body = files()[request.path]
        return Answer(
            body, content_type="application/x-gzip", etag=f'"{len(body):x}"', modified="Fri, 15 Sep 2017 10:00:00 GMT"
        )
    return text_answer("<html><head><title>404 Not Found</title></head></html>", 404, "text/html")


@functools.cache
def files() -> dict[str, bytes]:
    """Files by path."""
    return {
        f"{SERIES}/suppl/GSE103584_R01_NSCLC_RNAseq.txt.gz": gzip.compress(_expression(), mtime=0),
        f"{SERIES}/matrix/GSE103584_series_matrix.txt.gz": gzip.compress(_series(), mtime=0),
    }


def _names() -> list[str]:
    return [f"R01-{number:03d}" for number in range(23, 23 + PATIENTS)]


def _expression() -> bytes:
    """FPKM; what was not detected is NA. The heading has no name for the genes."""
    symbols = [gene.symbol for gene in annotation()]
    values = 2 ** log2_expression("geo", [True] * PATIENTS, len(symbols)).T / 20
    lines = ["\t".join(["", *_names()])]
    for number, (symbol, row) in enumerate(zip(symbols, values, strict=True)):
        cut = row.mean() / 3 if number % 4 == 0 else 0
        lines.append("\t".join([symbol, *("NA" if value < cut else f"{value:.6f}" for value in row)]))
    return ("\n".join(lines) + "\n").encode()


def _series() -> bytes:
    """Series matrix without data: titles are the names, in another order than the matrix's."""
    rng, names = generator("geo"), _names()[::-1]
    rows = {
        "!Series_title": ["NSCLC Radiogenomics (invented)"],
        "!Sample_title": names,
        "!Sample_geo_accession": [f"GSM27{number:05d}" for number in range(len(names))],
        "!Sample_characteristics_ch1": [f"gender: {rng.choice(['Male', 'Female'])}" for _ in names],
        "!Sample_characteristics_ch1 ": [
            f"histology: {rng.choice(['Adenocarcinoma', 'Squamous cell carcinoma'])}" for _ in names
        ],
        "!Sample_characteristics_ch1  ": [f"age at histological diagnosis: {rng.integers(45, 85)}" for _ in names],
    }
    lines = ["\t".join([key.strip(), *(f'"{value}"' for value in row)]) for key, row in rows.items()]
    return ("\n".join([*lines, "!series_matrix_table_begin", '"ID_REF"', "!series_matrix_table_end"]) + "\n").encode()
