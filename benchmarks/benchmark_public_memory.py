"""Peak memory of reading public sources of real size, against what their rule asks for.

Run: python benchmarks/benchmark_public_memory.py. The files are invented: their sizes, numbers of genes and samples and
formats are those of the real ones, a few contents repeat. Every measurement has a process of its own.
"""

import gzip
import hashlib
import json
import multiprocessing
import os
import resource
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from syncohort.core.defaults import with_defaults
from syncohort.core.schema import read_schema
from syncohort.sources.datasets.memory import memory_of

GENES_GDC, GENES_GTEX, GENES_RNASEQDB = 60_660, 59_033, 19_600
STAR_HEADING = (
    "gene_id\tgene_name\tgene_type\tunstranded\tstranded_first\tstranded_second\ttpm_unstranded\tfpkm_unstranded"
)
COVARIATES = {"categorical": [], "numeric": [], "missing": "error"}
# As many contents as are enough that no two neighbours are alike.
CONTENTS = 6


def record(folder: Path, name: str) -> Path:
    """Write the record of a dataset as a download leaves it."""
    files = [
        {"name": str(path.relative_to(folder)), "size": path.stat().st_size, "sha256": hashlib.sha256(b"").hexdigest()}
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    ]
    texts = dict.fromkeys(("title", "version", "licence", "access", "citation"), name)
    (folder / "dataset.json").write_text(json.dumps({"name": name, **texts, "files": files}))
    return folder / "dataset.json"


def gdc(folder: Path, samples: int) -> tuple[dict, list[Path]]:
    """Make a project of the Genomic Data Commons: a file of 4 MB per sample."""
    rng = np.random.default_rng(1)
    (folder / "listing/r").mkdir(parents=True)
    bodies = []
    for number in range(CONTENTS):
        counts = rng.negative_binomial(1, 0.001, GENES_GDC)
        rows = [
            f"ENSG{gene:011d}.5\tGENE{gene}\tprotein_coding\t{count}\t{count // 2}\t{count // 2}\t{count / 97:.4f}"
            f"\t{count / 83:.4f}\t{count / 71:.4f}"
            for gene, count in enumerate(counts)
        ]
        bodies.append(folder / f"body{number}")
        bodies[-1].write_text("\n".join(["# gene-model: GENCODE v36", f"{STAR_HEADING}\tfpkm_uq_unstranded", *rows]))
    hits, cases = [], []
    for number in range(samples):
        case, identity = f"TCGA-A3-{number:04d}", f"{number:08d}"
        (folder / "files" / identity).mkdir(parents=True)
        os.link(bodies[number % CONTENTS], folder / "files" / identity / "a.tsv")
        project = {"project_id": "TCGA-KIRC"}
        sample = {"sample_type": "Primary Tumor"}
        hits.append(
            {"file_id": identity, "file_name": "a.tsv", "md5sum": "", "file_size": 1}
            | {"cases": [{"submitter_id": case, "project": project, "samples": [sample]}]}
            | {"associated_entities": [{"entity_submitter_id": f"{case}-01A-01R-1541-07"}]}
        )
        cases.append({"submitter_id": case, "demographic": {"sex_at_birth": "female"}, "diagnoses": []})
    for body in bodies:
        body.unlink()
    for name, found in (("files", hits), ("cases", cases)):
        page = {"data": {"hits": found, "pagination": {"total": len(found)}}}
        (folder / f"listing/r/{name}-000.json").write_text(json.dumps(page))
    return {"gdc": {"projects": ["TCGA-KIRC"]}}, [record(folder, "gdc/TCGA-KIRC")]


def wide(
    path: Path, heading: list[str], names: Callable[[int], str], genes: int, samples: int, before: str = ""
) -> None:
    """Write a gzipped matrix, genes in rows."""
    rng = np.random.default_rng(1)
    tails = ["\t".join(f"{value:.4g}" for value in rng.lognormal(1, 2, samples)) for _ in range(CONTENTS)]
    with gzip.open(path, "wt", compresslevel=1) as opened:
        opened.write(before + "\t".join(heading) + "\n")
        opened.writelines(f"{names(gene)}\t{tails[gene % CONTENTS]}\n" for gene in range(genes))


def gtex(folder: Path, samples: int, chosen: int) -> tuple[dict, list[Path]]:
    """Make GTEx with fewer samples, `chosen` of them of the kidney; with none, the cohort has all tissues."""
    folder.mkdir(parents=True)
    names = [f"GTEX-{number:05d}-0126-SM-5A{number:05d}" for number in range(samples)]
    wide(
        folder / "g_gene_tpm.gct.gz",
        ["Name", "Description", *names],
        lambda gene: f"ENSG{gene:011d}.5\tGENE{gene}",
        GENES_GTEX,
        samples,
        f"#1.2\n{GENES_GTEX}\t{samples}\n",
    )
    tissues = ["Kidney" if number < chosen else "Lung" for number in range(samples)]
    rows = [f"{name}\t7\t{tissue}\t{tissue}" for name, tissue in zip(names, tissues, strict=True)]
    (folder / "a_SampleAttributesDS.txt").write_text("\n".join(["SAMPID\tSMRIN\tSMTS\tSMTSD", *rows]) + "\n")
    rows = [f"{name[:10]}\t1\t60-69\t2" for name in names]
    (folder / "a_SubjectPhenotypesDS.txt").write_text("\n".join(["SUBJID\tSEX\tAGE\tDTHHRDY", *rows]) + "\n")
    return {"gtex": {"tissues": ["Kidney"] if chosen else []}}, [record(folder, "gtex/v10-tpm")]


def rnaseqdb(folder: Path, tissues: int, samples: int) -> tuple[dict, list[Path]]:
    """Make tissues of RNAseqDB with as many samples each."""
    names, records = ["kirc", "kich", "kirp", "blca", "brca", "coad", "luad", "lusc"][:tissues], []
    for place, name in enumerate(names):
        (folder / name).mkdir(parents=True)
        barcodes = [f"TCGA-{place:02d}-{number:04d}-01A-11R-2315-07" for number in range(samples)]
        heading = ["Hugo_Symbol", "Entrez_Gene_Id", *barcodes]
        path = folder / name / f"{name}-rsem-fpkm-tcga-t.txt.gz"
        wide(path, heading, lambda gene: f"GENE{gene}\t{gene}", GENES_RNASEQDB, samples)
        records.append(record(folder / name, f"rnaseqdb/{name}-fpkm"))
    return {"rnaseqdb": {"tissues": names}}, records


def read(source: dict, records: list[Path], result: multiprocessing.Queue) -> None:
    """Read and write the cohort as its job does, and tell the peak in MB."""
    from syncohort.core.cohort import write_cohort
    from syncohort.sources.cohorts.public import read_public_cohort

    cohort = read_public_cohort(source, records, keep={}, covariates=COVARIATES, seed=1)
    write_cohort(cohort, records[0].parent / "cohort.h5ad")
    result.put((cohort.shape, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))


def main() -> None:
    """Measure every case."""
    context = multiprocessing.get_context("spawn")
    cases = {
        "GDC, 60 samples": lambda folder: gdc(folder, 60),
        "GDC, 600 samples": lambda folder: gdc(folder, 600),
        "GTEx, 100 of 3,000 samples": lambda folder: gtex(folder, 3000, 100),
        "GTEx, 1,000 of 3,000 samples": lambda folder: gtex(folder, 3000, 1000),
        "GTEx, all of 3,000 samples": lambda folder: gtex(folder, 3000, 0),
        "RNAseqDB, 1 tissue of 500": lambda folder: rnaseqdb(folder, 1, 500),
        "RNAseqDB, 8 tissues of 300": lambda folder: rnaseqdb(folder, 8, 300),
    }
    print(f"{'':<32}{'samples × genes':>18}{'matrix MB':>11}{'downloaded MB':>15}{'peak MB':>9}{'asked MB':>10}")
    for name, make in cases.items():
        with tempfile.TemporaryDirectory() as folder:
            source, records = make(Path(folder) / "cache")
            source = with_defaults({"source": source}, read_schema("cohort"))["source"]
            result = context.Queue()
            process = context.Process(target=read, args=(source, records, result))
            process.start()
            shape, peak = result.get()
            process.join()
            megabytes = sum(file["size"] for path in records for file in json.loads(path.read_text())["files"]) / 1e6
            matrix = shape[0] * shape[1] * 4e-6
            asked = memory_of(source, records)
            print(
                f"{name:<32}{f'{shape[0]} × {shape[1]}':>18}{matrix:>11.0f}{megabytes:>15.0f}{peak:>9.0f}"
                f"{asked:>10.0f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
