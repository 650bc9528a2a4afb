"""Slides meet samples by patient and tissue; of those that meet none it is told."""

import pandas as pd
import pytest

from syncohort.core.errors import InputError
from syncohort.sources.slides.matching import slides_without_sample

SAMPLES = pd.DataFrame(
    {"patient_id": ["P0", "P0", "P1", "P2"], "organ": pd.Categorical(["lung", "liver", "lung", "liver"])}
)
SLIDES = pd.DataFrame(
    {"slide_id": list("abcd"), "patient_id": ["P0", "P1", "P2", "P3"], "tissue": ["liver", "lung", "lung", "lung"]}
)


def test_a_slide_needs_a_sample_of_its_patient_and_tissue(caplog):
    assert slides_without_sample(SLIDES, SAMPLES, "organ") == {"c", "d"}
    assert "2 of 4 slides have no sample of their patient and tissue, and are left out: c, d" in caplog.text


def test_where_all_meet_nothing_is_said(caplog):
    assert slides_without_sample(SLIDES.iloc[:2], SAMPLES, "organ") == set()
    assert not caplog.records


@pytest.mark.parametrize(
    ("slides", "tissue", "sentence"),
    [
        (SLIDES.assign(tissue="skin"), "organ", r"P0, tissue skin; samples of such as P0, tissue lung\. Set"),
        (SLIDES.assign(patient_id="TCGA-05"), "organ", "No slide meets a sample: slides are of .* such as TCGA-05"),
        (SLIDES, "organs", r"histology\.tissue is organs, .* no such column; did you mean organ\? Columns: patient"),
    ],
    ids=["tissue", "patient", "column"],
)  # fmt: skip
def test_nothing_that_meets_is_told(slides, tissue, sentence):
    with pytest.raises(InputError, match=sentence):
        slides_without_sample(slides, SAMPLES, tissue)
