"""GTEx v10 (storage.googleapis.com/adult-gtex): two GCT matrices and two tables of annotations."""

import functools
import gzip

from tests.services.exchange import Answer, Request, text_answer
from tests.services.genes import with_oddities
from tests.services.simulation import counts, generator, matrix_text

MATRICES = "/bulk-gex/v10/rna-seq/GTEx_Analysis_v10_RNASeQCv2.4.2_gene_"
TABLES = "/annotations/v10/metadata-files/GTEx_Analysis_v10_Annotations_"
TISSUES = {"Kidney - Cortex": "Kidney", "Kidney - Medulla": "Kidney", "Lung": "Lung", "Liver": "Liver"}
DONORS = 12


def answer(request: Request) -> Answer | None:
    """Answer as Google's object store does, in XML where there is nothing."""
    if request.path not in files():
        text = "<?xml version='1.0' encoding='UTF-8'?><Error><Code>NoSuchKey</Code></Error>"
        return text_answer(text, 404, "application/xml; charset=UTF-8")
    body = files()[request.path]
    return Answer(body, content_type="application/octet-stream", etag=f'"{len(body):x}"')


@functools.cache
def files() -> dict[str, bytes]:
    """Files by path."""
    genes, samples = with_oddities(), _samples()
    values = counts("gtex", [False] * len(samples), len(genes))
    values[:, [gene.ensembl.endswith("_PAR_Y") for gene in genes]] = 0
    tpm = values / values.sum(axis=1, keepdims=True) * 1e6
    return {
        f"{MATRICES}reads.gct.gz": _gct(values.T, "{:d}"),
        f"{MATRICES}tpm.gct.gz": _gct(tpm.T, "{:.5g}"),
        f"{TABLES}SampleAttributesDS.txt": _attributes(),
        f"{TABLES}SubjectPhenotypesDS.txt": _phenotypes(),
    }


def _donor(number: int) -> str:
    return f"GTEX-{0x1117 + number:X}F"


def _samples() -> list[tuple[str, int, str]]:
    """Name, donor and tissue of every sample with expression."""
    return [
        (f"{_donor(donor)}-{place:02d}26-SM-5{donor:X}{place}Q", donor, tissue)
        for donor in range(DONORS)
        for place, tissue in enumerate(TISSUES, start=1)
    ]


def _gct(values, form: str) -> bytes:
    genes, names = with_oddities(), [name for name, *_ in _samples()]
    table = matrix_text(["Name", "Description", *names], [[g.ensembl, g.symbol] for g in genes], values, form)
    return gzip.compress(f"#1.2\n{len(genes)}\t{len(names)}\n{table}".encode(), mtime=0)


def _attributes() -> bytes:
    """Attributes of all samples, also of such without expression (here one of whole blood)."""
    lines = ["SAMPID\tSMATSSCR\tSMRIN\tSMTS\tSMTSD\tSMAFRZE"]
    lines += [
        f"{name}\t1\t{6 + number % 4}.5\t{TISSUES[tissue]}\t{tissue}\tRNASEQ"
        for number, (name, _, tissue) in enumerate(_samples())
    ]
    lines.append(f"{_donor(0)}-0003-SM-58Q7G\t\t\tBlood\tWhole Blood\tWGS")
    return ("\n".join(lines) + "\n").encode()


def _phenotypes() -> bytes:
    rng = generator("gtex", "donors")
    lines = ["SUBJID\tSEX\tAGE\tDTHHRDY"]
    for number in range(DONORS):
        decade = 10 * int(rng.integers(2, 8))
        lines.append(
            f"{_donor(number)}\t{1 + number % 2}\t{decade}-{decade + 9}\t{'' if number == 3 else rng.integers(5)}"
        )
    return ("\n".join(lines) + "\n").encode()
