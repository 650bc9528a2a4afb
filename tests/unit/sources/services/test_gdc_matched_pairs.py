"""Pairs of tumour and normal tissue are counted by patient and compared with what was expected."""

import logging
from pathlib import Path

import pandas as pd
import pytest

from syncohort.core.io import read_tsv
from syncohort.sources.services.gdc_matched_pairs import EXPECTED, NORMAL, TUMOUR, check_pairs, count_pairs

COHORTS = Path(__file__).resolve().parents[4] / "config" / "cohorts"
SHIPPED = sorted(f"TCGA-{path.stem.removeprefix('tcga-').upper()}" for path in COHORTS.glob("tcga-*.yaml"))


def files(**kinds: list[str]) -> pd.DataFrame:
    rows = [(case, kind) for case, listed in kinds.items() for kind in listed]
    return pd.DataFrame(rows, columns=["case", "sample_type"])


def pairs(number: int) -> pd.DataFrame:
    return files(**{f"P{one}": [TUMOUR, NORMAL] for one in range(number)})


def test_a_pair_is_a_patient_with_both():
    listed = files(A=[TUMOUR, NORMAL], B=[TUMOUR, TUMOUR, NORMAL], C=[TUMOUR], D=[NORMAL], E=["Metastatic", NORMAL])
    assert count_pairs(listed) == 2


def test_every_ready_project_has_ten_pairs_and_says_who_counted():
    expected = read_tsv(EXPECTED)
    assert expected["project"].tolist() == SHIPPED
    assert (expected["pairs"] >= 10).all()
    assert expected["source"].str.len().gt(30).all()


@pytest.mark.parametrize(
    ("project", "number", "warnings"), [("TCGA-KICH", 22, 1), ("TCGA-KICH", 23, 0), ("TCGA-ESCA", 1, 0)]
)
def test_fewer_pairs_than_expected(project, number, warnings, caplog):
    with caplog.at_level(logging.INFO, logger="syncohort"):
        check_pairs(project, pairs(number))
    assert f"{project}: {number} patients have tumour and normal tissue" in caplog.text
    warned = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert len(warned) == warnings
    if warned:
        assert "at least 23 patients with tumour and normal tissue were expected (counted in RNAseqDB" in warned[0]
        assert "the service lists 22. Paired tests have less to go on than config/cohorts/tcga-kich.yaml" in warned[0]
