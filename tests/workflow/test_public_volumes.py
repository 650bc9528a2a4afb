"""Cohorts of public images from their services to the manifest, through the real workflow."""

import hashlib
import shutil

import pytest
import yaml

from syncohort.core.io import read_json, read_tsv
from syncohort.core.splits import paired_patients
from syncohort.sources.volumes.cohort import included_subjects, subject_files
from syncohort.sources.volumes.inspection import read_subject
from syncohort.sources.volumes.protocol import CHEST_CT
from tests.services import msd
from tests.services.brats import write_brats

from .conftest import ROOT, Workplace

RESULTS = "results/nsclc-radiogenomics"


@pytest.fixture
def configured(server, tmp_path):
    """Make a working directory for a shipped cohort, whose services are those of this computer."""

    def make(cohort: str, root=ROOT) -> Workplace:
        place = Workplace(tmp_path / "study", root)
        (place / "config").mkdir(parents=True)
        configuration = {"cohorts": [cohort], "mirrors": server.mirrors, "overrides": {"splits": {"folds": 3}}}
        (place / "config/config.yaml").write_text(yaml.safe_dump(configuration))
        return place

    return make


def test_nsclc_radiogenomics(configured, server, monkeypatch):
    study = configured("nsclc-radiogenomics")
    study.run("download")
    assert not (study / "results").exists()
    asked = len(server.requests)
    study.run(f"{RESULTS}/splits.tsv", f"{RESULTS}/nodule/clinical.tsv")
    assert len(server.requests) == asked, "after the download nothing is asked for"

    manifest = read_tsv(study / RESULTS / "nodule/subjects.tsv").set_index("subject_id", drop=False)
    assert manifest.columns.tolist() == CHEST_CT.columns
    assert manifest.loc["R01-034", ["status", "reason"]].tolist() == ["excluded", "lacks ct"]
    included = included_subjects(manifest)
    assert included["patient_id"].tolist() == ["AMC-001", *(f"R01-{number:03d}" for number in range(23, 34))]
    # Of two CT series the one that was drawn on.
    assert manifest.loc["R01-024", "shape"] == "24×20×10"
    assert manifest.loc["AMC-001", ["spacing", "orientation"]].tolist() == ["0.6×0.6×1", "LPS"]
    assert manifest.loc["R01-033", "orientation"] == "RAS"
    monkeypatch.chdir(study.folder)
    for _, row in included.iterrows():
        subject = read_subject(subject_files(row, CHEST_CT), ["ct"], CHEST_CT)
        assert (subject.images["ct"][subject.label == 1] == 35).all()
        assert subject.label.sum() == row["tumour"] > 0

    record = read_json(study / RESULTS / "nodule/subjects.json")
    assert [dataset["name"] for dataset in record["datasets"]] == ["tcia/NSCLC-Radiogenomics"]
    path = manifest.loc["R01-023", "ct"]
    assert record["inputs"][path] == hashlib.sha256((study / path).read_bytes()).hexdigest()
    clinical = read_tsv(study / RESULTS / "nodule/clinical.tsv").set_index("patient_id")
    assert set(included["patient_id"]) <= set(clinical.index)
    # The patients of both are those that one number names in both archives.
    splits = read_tsv(study / RESULTS / "splits.tsv")
    assert paired_patients(splits) == [f"R01-{number:03d}" for number in range(23, 34)]
    log = (study / "logs/nsclc-radiogenomics/cohort_split_patients.log").read_text()
    assert "11 of 31 patients have images and expression" in log


def test_a_damaged_series_is_named_and_can_be_left_out(configured):
    study = configured("nsclc-radiogenomics")
    study.run("download")
    record = read_json(study / "cache/tcia/NSCLC-Radiogenomics/dataset.json")
    name = next(file["name"] for file in record["files"] if file["name"].startswith("R01-025/CT"))
    path = study / "cache/tcia/NSCLC-Radiogenomics" / name
    path.write_bytes(bytes(path.stat().st_size))
    printed = study.fail(f"{RESULTS}/nodule/subjects.tsv")
    assert "ERROR: Subject R01-025: nodule.source: cache/tcia/" in printed
    assert "is damaged: File is not a zip file. Delete it and download again. Mend it, or leave it out with" in printed
    assert "nodule.exclude: [R01-025]" in printed
    assert "Traceback" not in printed
    study.run(f"{RESULTS}/nodule/subjects.tsv", "--config", "overrides={nodule: {exclude: [R01-025]}}")


def test_msd_brain_tumour(configured, tmp_path):
    # A checkout whose ledger has size and checksum of the small archive.
    checkout = tmp_path / "checkout"
    for name in ("rules", "scripts", "src", "config", "resources", "envs"):
        shutil.copytree(ROOT / name, checkout / name)
    shutil.copy(ROOT / "Snakefile", checkout)
    ledger = checkout / "resources/datasets.yaml"
    known = yaml.safe_load(ledger.read_text())
    checksum = f"md5:{hashlib.md5(msd.archive()).hexdigest()}"
    known["msd"]["datasets"][0]["files"][0] |= {"size": len(msd.archive()), "checksum": checksum}
    ledger.write_text(yaml.safe_dump(known))
    study = configured("msd-brain-tumour", checkout)
    study.run("download")
    study.run("results/msd-brain-tumour/splits.tsv")
    manifest = read_tsv(study / "results/msd-brain-tumour/mri/subjects.tsv")
    assert manifest["subject_id"].tolist() == [f"BRATS_{number:03d}" for number in range(1, 7)]
    assert (manifest["coding"] == "0=0 1=2 2=1 3=3").all()
    assert (manifest[["necrosis", "oedema", "enhancing"]] > 0).all(axis=None)


def test_a_brats_folder_by_the_shipped_example(configured):
    study = configured("brats")
    text = (ROOT / "config/cohorts/_brats.yaml").read_text()
    (study / "config/cohorts").mkdir()
    (study / "config/cohorts/brats.yaml").write_text(text)
    printed = study.fail("--dry-run")
    folder = yaml.safe_load(text)["mri"]["source"]["brats"]["folder"]
    assert f"mri.source.brats.folder names {folder}, and there is no such folder in" in printed
    write_brats(study / folder)
    study.run("results/brats/splits.tsv")
    manifest = read_tsv(study / "results/brats/mri/subjects.tsv")
    assert manifest["subject_id"].tolist() == [f"BraTS20_Training_{number:03d}" for number in range(1, 7)]
    assert (manifest["coding"] == "1=1 2=2 4=3").all()


def test_the_real_checksum_refuses_another_archive(configured):
    printed = configured("msd-brain-tumour").fail("download")
    assert "bytes under this name where 7,608,266,240 were expected. The service has changed it" in printed
    assert "Traceback" not in printed
