"""UCSC Xena's Toil hub (toil-xena-hub.s3.us-east-1.amazonaws.com): /download/TcgaTargetGtex_….gz."""

import functools
import gzip

import numpy as np

from tests.services.exchange import Answer, Request, text_answer
from tests.services.genes import with_oddities
from tests.services.simulation import log2_expression, matrix_text

# Study, number of samples, sample type, disease or tissue, site.
GROUPS = (
    ("TCGA", 14, "01", "Primary Tumor", "Kidney Clear Cell Carcinoma", "Kidney"),
    ("TCGA", 8, "11", "Solid Tissue Normal", "Kidney Clear Cell Carcinoma", "Kidney"),
    ("TCGA", 1, "06", "Metastatic", "Kidney Clear Cell Carcinoma", "Kidney"),
    ("TCGA", 6, "01", "Primary Tumor", "Lung Adenocarcinoma", "Lung"),
    ("GTEX", 10, "", "Normal Tissue", "Kidney - Cortex", "Kidney"),
    ("TARGET", 4, "01", "Primary Solid Tumor", "Wilms Tumor", "Kidney"),
    ("GTEX", 3, "", "Normal Tissue", "Ménière-free Cochlea", "Ear"),
)
HEADING = "sample\tdetailed_category\tprimary disease or tissue\t_primary_site\t_sample_type\t_gender\t_study"


def answer(request: Request) -> Answer | None:
    """Answer as S3 does, in XML where there is nothing."""
    body = files().get(request.path)
    if body is None:
        text = '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code></Error>'
        return text_answer(text, 403, "application/xml")
    return Answer(body, content_type="binary/octet-stream", etag=f'"{len(body):032x}"')


def _samples() -> list[tuple[str, tuple]]:
    """Names and groups; TCGA's barcodes end after the sample type."""
    samples = []
    for group in GROUPS:
        study, number, code, *_, site = group
        for one in range(number):
            if study == "GTEX":
                name = f"GTEX-{site[0]}{one:03d}-0{one % 10}26-SM-5GZZ{one}"
            elif study == "TARGET":
                name = f"TARGET-50-PAD{one:03d}-{code}"
            else:  # normals and the metastasis are of the first patients
                name = f"TCGA-{'B0' if site == 'Kidney' else '44'}-{4800 + one}-{code}"
            samples.append((name, group))
    return samples


@functools.cache
def files() -> dict[str, bytes]:
    """Files by path."""
    genes, samples = with_oddities(), _samples()
    tumour = ["Normal" not in group[3] for _, group in samples]
    tpm = 2 ** log2_expression("xena", tumour, len(genes))
    tpm[:, ::9][tpm[:, ::9] < 60] = 0
    table = matrix_text(
        ["sample", *(name for name, _ in samples)],
        [[gene.ensembl] for gene in genes],
        np.log2(tpm.T + 0.001),
        "{:.4f}",
    )
    rows = [HEADING]
    for number, (name, (study, _, _, kind, disease, site)) in enumerate(samples):
        rows.append("\t".join([name, disease, disease, site, kind, ["Female", "Male"][number % 2], study]))
    rows.append("K-562-SM-26GMQ\tCell line\tCell line\tBlood\tCell Line\t\tGTEX")
    symbols = ["id\tgene\tchrom\tchromStart\tchromEnd\tstrand"]
    symbols += [f"{gene.ensembl}\t{gene.symbol}\tchr1\t{number}\t{number + 9}\t+" for number, gene in enumerate(genes)]
    return {
        "/download/TcgaTargetGtex_rsem_gene_tpm.gz": gzip.compress(table.encode(), mtime=0),
        "/download/TcgaTargetGTEX_phenotype.txt.gz": gzip.compress(("\n".join(rows) + "\n").encode("latin-1"), mtime=0),
        "/download/probeMap/gencode.v23.annotation.gene.probemap": ("\n".join(symbols) + "\n").encode(),
    }
