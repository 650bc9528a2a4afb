"""Chinese Glioma Genome Atlas (www.cgga.org.cn): /download?file=…, with zips as odd as the real ones."""

import functools
import io
import zipfile

from tests.services.exchange import Answer, Request, text_answer
from tests.services.genes import annotation
from tests.services.simulation import generator, log2_expression, matrix_text

DATE = "20200506"
SAMPLES = {"mRNAseq_693": 60, "mRNAseq_325": 36}
LEGENDS = ("Radio_status (treated=1;un-treated=0)", "Chemo_status (TMZ treated=1;un-treated=0)")
MOLECULAR = ("IDH_mutation_status", "1p19q_codeletion_status", "MGMTp_methylation_status")


def answer(request: Request) -> Answer | None:
    """Answer `/download?file=download/20200506/<name>.zip`; whatever else is asked for is the home page."""
    name = request.query.get("file", "").removeprefix(f"download/{DATE}/")
    if request.path == "/download" and name in files():
        return Answer(files()[name], content_type="application/zip", filename=name, ranges=False)
    return text_answer("<!DOCTYPE html>\n<html><head><title>CGGA</title></head></html>\n", content_type="text/html")


@functools.cache
def files() -> dict[str, bytes]:
    """Zips by name."""
    zips = {}
    for dataset in SAMPLES:
        expression, clinical = f"CGGA.{dataset}.RSEM-genes.{DATE}.txt", f"CGGA.{dataset}_clinical.{DATE}.txt"
        zips[f"{expression}.zip"] = _zip({f"{expression}": _expression(dataset)})
        folder = f"{clinical}/" if dataset == "mRNAseq_325" else ""
        zips[f"{clinical}.zip"] = _zip({f"{folder}{clinical}": _clinical(dataset)})
    return zips


def _names(dataset: str) -> list[str]:
    """Names of samples; the numbers have gaps and a letter less than the real ones."""
    first = 1002 if dataset == "mRNAseq_693" else 11
    return [f"CGGA_{first + 3 * number}" for number in range(SAMPLES[dataset])]


def _expression(dataset: str) -> bytes:
    """FPKM: genes in rows by symbol; some genes are in one data set only."""
    symbols = [gene.symbol for gene in annotation()]
    symbols = symbols[:-2] if dataset == "mRNAseq_325" else symbols
    values = 2 ** log2_expression(f"cgga/{dataset}", [True] * SAMPLES[dataset], len(symbols)).T / 20
    heading = ["Gene_Name", *_names(dataset)]
    return matrix_text(heading, [[symbol] for symbol in symbols], values, "{:.2f}").encode()


def _clinical(dataset: str) -> bytes:
    """Clinical table; of mRNAseq_325 with a byte order mark and bare carriage returns."""
    rng = generator("cgga", dataset)
    censor = "Censor" if dataset == "mRNAseq_693" else "Censor (alive=0; dead=1)"
    heading = ["CGGA_ID", "PRS_type", "Histology", "Grade", "Gender", "Age", "OS", censor, *LEGENDS, *MOLECULAR]
    grades = {"WHO II": "A", "WHO III": "AA", "WHO IV": "GBM"}
    lines = ["\t".join(heading)]
    for number, name in enumerate(_names(dataset)):
        recurrent = rng.random() < 0.3
        grade = list(grades)[min(number % 4, 2)]
        row = [name, "Recurrent" if recurrent else "Primary", ("r" if recurrent else "") + grades[grade], grade]
        row += [str(rng.choice(["Male", "Female", "Male ", "Female  "])), str(rng.integers(20, 75))]
        row += [str(rng.integers(50, 4000)), str(rng.integers(2)), str(rng.integers(2)), str(rng.integers(2))]
        row += [
            str(rng.choice(words)) for words in (["Wildtype", "Mutant"], ["Codel", "Non-codel"], ["methylated", "NA"])
        ]
        if number == 1:
            row[5] = "NA"
        if number == 2:
            row[7:10] = ["NA", "NA", "NA"]
        lines.append("\t".join(row))
    if dataset == "mRNAseq_325":
        return b"\xef\xbb\xbf" + ("\r".join(lines) + "\r").encode()
    return ("\r\n".join(lines) + "\r\n").encode()


def _zip(members: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()
