"""Every source's words for the same thing."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncohort.sources.samples import harmonise


def values(series: pd.Series) -> list:
    return series.tolist()


def test_sex():
    written = ["Male", "Female ", "male", "F", "2", "1", "unspecified", "", None]
    expected = ["male", "female", "male", "female", "female", "male", None, None, None]
    assert values(harmonise.sex(pd.Series(written))) == expected


def test_years():
    # 365.25 days are a year; 21,915 days are 60 years, 22,044 are 60.35.
    assert values(harmonise.years(pd.Series(["21915", 22044, None, "unknown"], dtype=object))) == [
        "60.0",
        "60.4",
        None,
        None,
    ]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Stage I", "I"),
        ("Stage IIA", "II"),
        ("stage iiic1", "III"),
        ("Stage IVB", "IV"),
        ("Stage 0", "0"),
        ("Stage X", None),
        ("Tis", None),
        (None, None),
    ],
)
def test_stage(written, expected):
    assert values(harmonise.stage(pd.Series([written], dtype=object))) == [expected]


@given(st.sampled_from(["0", "I", "II", "III", "IV"]), st.sampled_from(["", "A", "B", "C", "A1", "C2"]))
def test_subdivisions_of_a_stage_are_dropped(stage, subdivision):
    assert values(harmonise.stage(pd.Series([f"Stage {stage}{subdivision}"]))) == [stage]


def test_text_and_what_is_unknown():
    table = pd.DataFrame({"a": [" x ", "not reported", None], "b": [1, 2.5, float("nan")]})
    assert harmonise.text(table).to_numpy().tolist() == [["x", "1.0"], [None, "2.5"], [None, None]]


def test_first_known():
    columns = (pd.Series(column, dtype=object) for column in (["a", None, None], ["b", "b", None], ["c", "c", None]))
    assert values(harmonise.first_known(columns)) == ["a", "b", None]
