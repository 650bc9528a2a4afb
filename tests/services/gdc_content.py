"""What the invented GDC holds: projects, cases, and a STAR count file per aliquot."""

import functools
import hashlib
import uuid
from dataclasses import dataclass

import numpy as np

from tests.services.genes import with_oddities
from tests.services.simulation import counts, generator

# Patients of each project, how many of them have normal tissue too, the code of where they come from, the organ.
PROJECTS = {"TCGA-KIRC": (26, 20, "A3", "Kidney"), "TCGA-KICH": (6, 4, "KL", "Kidney")}
PROJECTS |= {
    f"TCGA-{name}": (14, 12, code, site)
    for name, code, site in (
        ("BLCA", "BT", "Bladder"),
        ("BRCA", "BH", "Breast"),
        ("COAD", "A6", "Colon"),
        ("HNSC", "CV", "Tongue"),
        ("KIRP", "BQ", "Kidney"),
        ("LIHC", "BC", "Liver"),
        ("LUAD", "44", "Lung"),
        ("LUSC", "22", "Lung"),
        ("PRAD", "EJ", "Prostate gland"),
        ("STAD", "BR", "Stomach"),
        ("THCA", "BJ", "Thyroid gland"),
        ("UCEC", "AX", "Corpus uteri"),
    )
}
TYPES = {"01": ("Primary Tumor", "Tumor"), "02": ("Recurrent Tumor", "Tumor"), "06": ("Metastatic", "Tumor")}
TYPES |= {"11": ("Solid Tissue Normal", "Normal")}
HEADING = (
    "gene_id\tgene_name\tgene_type\tunstranded\tstranded_first\tstranded_second\ttpm_unstranded\tfpkm_unstranded"
    "\tfpkm_uq_unstranded"
)
READS = ("N_unmapped", "N_multimapping", "N_noFeature", "N_ambiguous")


@dataclass(frozen=True)
class Aliquot:
    """A sequenced part of a sample."""

    project: str
    case: str
    sample: str
    barcode: str

    @property
    def code(self) -> str:
        """Digits of the sample type."""
        return self.barcode[13:15]


def _aliquots(project: str) -> list[Aliquot]:
    """Tumours of all patients and normals of the first; one tumour sequenced twice, one recurred, one spread."""
    patients, matched, place, _ = PROJECTS[project]
    types = [(number, "01A") for number in range(patients)] + [(number, "11A") for number in range(matched)]
    types += [(0, "01B"), (1, "02A"), (2, "06A")]
    first, plate = (3300, "1541") if project == "TCGA-KIRC" else (8300, "2315")
    aliquots = []
    for number, vial in types:
        case = f"TCGA-{place}-{first + number}"
        aliquots.append(Aliquot(project, case, f"{case}-{vial}", f"{case}-{vial}-01R-{plate}-07"))
    return aliquots


def _identity(*names: str) -> str:
    return str(uuid.UUID(bytes=hashlib.sha256("/".join(names).encode()).digest()[:16]))


@functools.cache
def _contents() -> dict[str, bytes]:
    """STAR count files by id."""
    genes = with_oddities()
    files = {}
    for project in PROJECTS:
        aliquots = _aliquots(project)
        tumour = [aliquot.code != "11" for aliquot in aliquots]
        values = counts(f"gdc/{project}", tumour, len(genes))
        on_y = [gene.ensembl.endswith("_PAR_Y") for gene in genes]
        values[:, on_y] = 0
        for aliquot, row in zip(aliquots, values, strict=True):
            files[_identity("file", aliquot.barcode)] = _star_counts(genes, row)
    return files


def _star_counts(genes: list, row: np.ndarray) -> bytes:
    """Write `….rna_seq.augmented_star_gene_counts.tsv`; every gene is 1,500 bases long."""
    per_kilobase = row / 1.5
    tpm, fpkm = per_kilobase / per_kilobase.sum() * 1e6, per_kilobase / row.sum() * 1e6
    lines = ["# gene-model: GENCODE v36", HEADING]
    lines += [
        f"{name}\t\t\t{number}\t{number // 2}\t{number // 3}\t\t\t" for number, name in enumerate(READS, start=9000)
    ]
    for gene, count, t, f in zip(genes, row, tpm, fpkm, strict=True):
        fields = (gene.ensembl, gene.symbol, gene.biotype, count, count // 2, count - count // 2)
        lines.append("\t".join(map(str, fields)) + f"\t{t:.4f}\t{f:.4f}\t{f * 1.1:.4f}")
    return ("\n".join(lines) + "\n").encode()


def content(identity: str) -> bytes:
    """Bytes of a file."""
    return _contents().get(identity, b"controlled")


@functools.cache
def entries() -> dict[str, list[dict]]:
    """Everything that can be searched, by endpoint."""
    return {"projects": _projects(), "cases": _cases(), "files": [*_files(), _controlled()]}


def _projects() -> list[dict]:
    return [
        {"id": name, "project_id": name, "primary_site": [site], "state": "open"}
        for name, (*_, site) in PROJECTS.items()
    ]


def _files() -> list[dict]:
    """Files as the API tells of them, in no useful order."""
    files = []
    for project in PROJECTS:
        for aliquot in _aliquots(project):
            identity = _identity("file", aliquot.barcode)
            name = f"{_identity('name', aliquot.barcode)}.rna_seq.augmented_star_gene_counts.tsv"
            sample_type, tissue_type = TYPES[aliquot.code]
            nested = {"aliquots": [{"aliquot_id": _identity(aliquot.barcode), "submitter_id": aliquot.barcode}]}
            sample = {
                "submitter_id": aliquot.sample,
                "sample_type": sample_type,
                "tissue_type": tissue_type,
                "portions": [{"analytes": [nested]}],
            }
            body = content(identity)
            files.append(
                {
                    "id": identity,
                    "file_id": identity,
                    "file_name": name,
                    "md5sum": hashlib.md5(body).hexdigest(),
                    "file_size": len(body),
                    "state": "released",
                    "access": "open",
                    "data_type": "Gene Expression Quantification",
                    "analysis": {"workflow_type": "STAR - Counts"},
                    "associated_entities": [{"entity_submitter_id": aliquot.barcode, "entity_type": "aliquot"}],
                    "cases": [
                        {
                            "case_id": _identity("case", aliquot.case),
                            "submitter_id": aliquot.case,
                            "project": {"project_id": project},
                            "samples": [sample],
                        }
                    ],
                }
            )
    return files


def _controlled() -> dict:
    """Reads of a patient, which are not open."""
    open_file = _files()[0]
    identity = _identity("controlled")
    return open_file | {"id": identity, "file_id": identity, "access": "controlled", "data_type": "Aligned Reads"}


def _cases() -> list[dict]:
    """Cases with their clinical groups; some lack what others have, as is usual."""
    cases = []
    for project, (*_, site) in PROJECTS.items():
        rng = generator("gdc", "cases", project)
        for number, case in enumerate(dict.fromkeys(aliquot.case for aliquot in _aliquots(project))):
            age_days, dead = int(rng.normal(60 * 365.25, 3500)), rng.random() < 0.3
            diagnosis = {
                "diagnosis_is_primary_disease": "true",
                "age_at_diagnosis": None if number == 5 else age_days,
                "primary_diagnosis": "Clear cell adenocarcinoma, NOS",
                "ajcc_pathologic_stage": f"Stage {rng.choice(['I', 'II', 'IIIA', 'IV'])}",
                "tumor_grade": str(rng.choice(["G1", "G2", "G3", "G4"])),
                "tissue_or_organ_of_origin": "Kidney, NOS",
            }
            earlier = {"diagnosis_is_primary_disease": "false", "age_at_diagnosis": age_days - 4000}
            cases.append(
                {
                    "id": _identity("case", case),
                    "case_id": _identity("case", case),
                    "submitter_id": case,
                    "primary_site": site,
                    "disease_type": "Adenomas and Adenocarcinomas",
                    "project": {"project_id": project},
                    "demographic": {
                        "sex_at_birth": str(rng.choice(["female", "male"])),
                        "race": "not reported",
                        "ethnicity": "not reported",
                        "vital_status": "Dead" if dead else "Alive",
                        "days_to_death": int(rng.integers(100, 3000)) if dead else None,
                    },
                    "diagnoses": [earlier, diagnosis] if number == 3 else [diagnosis],
                    "follow_ups": [{"days_to_follow_up": days} for days in sorted(rng.integers(30, 3000, 2).tolist())],
                }
            )
    return cases
