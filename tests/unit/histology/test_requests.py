"""Patients and other cohorts that settings name, looked for before anything is trained."""

import numpy as np
import pandas as pd
import pytest

from syncohort.core.cohort import make_cohort
from syncohort.core.errors import InputError
from syncohort.core.scale import Scale
from syncohort.histology.requests import inspect_outside, inspect_patients

# Five patients with a sample of two tissues each; the last two are held out.
SAMPLES = pd.DataFrame({"patient_id": [f"P{number}" for number in range(5) for _ in range(2)]})
SPLITS = pd.DataFrame(
    {"patient_id": [f"P{number}" for number in range(5)], "fold0": ["train", "train", "validation", "test", "test"]}
)


def inspect(*patients, samples=SAMPLES, **changed):
    settings = {"patients": list(patients), "per_patient": 2, "per_tissue": 5} | changed
    return inspect_patients(samples, SPLITS, "fold0", settings)


def test_tiles_are_counted():
    assert inspect() == {"tiles": 20, "held_out": 8}
    assert inspect("P0", "P4") == {"tiles": 8, "held_out": 4}
    assert inspect(samples=None) == {"tiles": 5, "held_out": 5}


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"patients": ["P0", "Q3"]}, "histology.generate.patients names 'Q3', who has no sample in the cohort."),
        ({"patients": ["P0", "P1"]},
         "histology.generate.patients names 0 samples of patients held out of fold0, so there are 0 synthetic "
         "tiles to ask about, and the quiz needs at least 4. Name patients such as P3, or raise "
         "histology.generate.per_patient (now 2)."),
        ({"patients": ["P3"], "per_patient": 1}, "names 2 samples of patients held out of fold0, so there are 2 synth"),
        ({"samples": None, "per_tissue": 3}, "histology.generate.per_tissue is 3, so there are 3 synthetic tiles"),
    ],
    ids=["unknown", "none held out", "too few", "noise"],
)  # fmt: skip
def test_tiles_that_nobody_could_be_asked_about_are_refused(asked, sentence):
    with pytest.raises(InputError) as error:
        inspect(*asked.pop("patients", []), **asked)
    assert sentence in str(error.value)


def cohort(scale, genes):
    obs = pd.DataFrame({"patient_id": ["A", "B"], "condition": "tumour"}, index=["A-T", "B-T"])
    return make_cohort(np.ones((2, len(genes))), obs, pd.DataFrame(index=list(genes)), scale, {}, None)


def test_another_cohort_must_be_on_the_same_scale_and_know_the_genes():
    here = cohort(Scale("counts"), "WXYZ")
    inspect_outside(here, "lung", cohort(Scale("counts"), "XYZ"))
    with pytest.raises(InputError, match=r"outside names the cohort lung, whose expression is tpm, and the models lea"):
        inspect_outside(here, "lung", cohort(Scale("tpm"), "WXYZ"))
    with pytest.raises(InputError, match=r"outside: lung: 3 of the 4 genes of the cohort are missing, such as X"):
        inspect_outside(here, "lung", cohort(Scale("counts"), "WABC"))
