"""Small cohorts on disk, and the settings that read them."""

import copy
import hashlib
from collections.abc import Callable
from pathlib import Path

import anndata
import pandas as pd
import pytest

from syncohort.core.defaults import with_defaults
from syncohort.core.io import write_json
from syncohort.core.schema import read_schema
from syncohort.sources.cohorts.local import read_local_cohort
from syncohort.sources.cohorts.public import read_public_cohort

DEFAULTS = {
    "scale": "tpm",
    "log2_offset": 1,
    "genes_in": "rows",
    "samples": None,
    "columns": {"sample": "sample_id", "patient": "patient_id", "condition": "condition"},
    "conditions": {"tumour": ["tumour"], "normal": ["normal"]},
    "missing": "drop_genes",
    "library_size": "median",
}
NO_COVARIATES = {"categorical": [], "numeric": [], "missing": "error"}

SHEET = """sample_id\tpatient_id\tcondition\tsex\tage
s1\tp1\ttumour\tmale\t61
s2\tp1\tnormal\tmale\t61
s3\tp2\ttumour\tfemale\t47.5
"""
MATRIX = """gene\ts1\ts2\ts3
TP53\t100\t20\t30
EGFR\t0\t1.5\t250
"""


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str | bytes], str]:
    """Write a file into the test's folder and give its path."""

    def write_file(name: str, content: str | bytes) -> str:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return str(path)

    return write_file


@pytest.fixture(scope="session")
def read() -> Callable[..., anndata.AnnData]:
    """Read a local cohort with default settings but for those given."""

    def read_cohort(
        matrix: str | list[str], *, keep: dict | None = None, covariates: dict | None = None, **settings: object
    ) -> anndata.AnnData:
        complete = {**copy.deepcopy(DEFAULTS), "matrix": [matrix] if isinstance(matrix, str) else matrix, **settings}
        return read_local_cohort(complete, keep=keep or {}, covariates={**NO_COVARIATES, **(covariates or {})}, seed=1)

    return read_cohort


@pytest.fixture
def sheet(write: Callable[[str, str], str]) -> str:
    """Path of a sheet of three samples of two patients."""
    return write("samples.tsv", SHEET)


@pytest.fixture
def matrix(write: Callable[[str, str], str]) -> str:
    """Path of a TPM matrix of two genes in the sheet's samples."""
    return write("matrix.tsv", MATRIX)


@pytest.fixture
def counted() -> Callable[[pd.DataFrame], dict[str, tuple[int, int]]]:
    """Give a curation table as step → (number, of)."""

    def lines(table: pd.DataFrame) -> dict[str, tuple[int, int]]:
        return {row.step: (row.number, row.of) for row in table.itertuples()}

    return lines


@pytest.fixture
def fetched(tmp_path: Path) -> Callable[[str, dict[str, bytes]], Path]:
    """Write the files of a dataset as if they had been downloaded, and give the path of its record."""

    def write_dataset(name: str, files: dict[str, bytes]) -> Path:
        folder = tmp_path / "cache" / name
        for file, content in files.items():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_bytes(content)
        record = {
            "name": name,
            "title": f"Title of {name}",
            "version": "1",
            "licence": "free",
            "access": "open",
            "citation": f"Citation of {name}.",
            "files": [
                {"name": file, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
                for file, content in files.items()
            ],
        }
        write_json(record, folder / "dataset.json")
        return folder / "dataset.json"

    return write_dataset


@pytest.fixture(scope="session")
def read_public() -> Callable[..., anndata.AnnData]:
    """Read a public cohort with default settings but for those given."""

    def read_cohort(
        source: dict, records: list[Path], *, keep: dict | None = None, covariates: dict | None = None
    ) -> anndata.AnnData:
        complete = with_defaults({"source": source}, read_schema("cohort"))["source"]
        return read_public_cohort(
            complete, records, keep=keep or {}, covariates={**NO_COVARIATES, **(covariates or {})}, seed=1
        )

    return read_cohort
