"""TCGA barcodes against the GDC's table of sample types."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncohort.sources.samples.barcodes import parse_barcodes


@pytest.mark.parametrize(
    ("name", "patient", "condition"),
    [
        ("TCGA-A3-3358-01A-01R-1541-07", "TCGA-A3-3358", "tumour"),
        ("TCGA-A3-3358-01B", "TCGA-A3-3358", "tumour"),
        ("TCGA-A3-3358-06A", "TCGA-A3-3358", "tumour"),
        ("TCGA-A3-3358-11A-01R-1541-07", "TCGA-A3-3358", "normal"),
        ("TCGA-A3-3358-01", "TCGA-A3-3358", "tumour"),
        ("TCGA-A3-3358-20A", "TCGA-A3-3358", None),
        ("TCGA.A3.3358.11A", "TCGA-A3-3358", "normal"),
        ("TCGA-A3-3358", None, None),
        ("GTEX-S3XE-1226-SM-4AD4L", None, None),
        ("ebadf417-08e8-4e89-bc8b-f7a74b0fc781", None, None),
    ],
)
def test_known_names(name, patient, condition):
    row = parse_barcodes(pd.Index([name])).iloc[0].astype(object)
    assert (None if pd.isna(row["patient_id"]) else row["patient_id"]) == patient
    assert (None if pd.isna(row["condition"]) else row["condition"]) == condition


@given(st.from_regex(r"[A-Z0-9]{2}-[A-Z0-9]{4}", fullmatch=True), st.integers(0, 99), st.sampled_from("ABC"))
def test_every_sample_type(middle, code, vial):
    row = parse_barcodes(pd.Index([f"TCGA-{middle}-{code:02d}{vial}-11R-0000-07"])).iloc[0]
    assert row["patient_id"] == f"TCGA-{middle}"
    expected = "tumour" if 1 <= code <= 9 else "normal" if 10 <= code <= 19 else None
    assert (row["condition"] == expected) if expected else pd.isna(row["condition"])
