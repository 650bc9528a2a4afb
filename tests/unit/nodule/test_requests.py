"""Patients and profiles that settings name, looked for before anything is trained."""

import numpy as np
import pandas as pd
import pytest

from syncohort.core.errors import InputError
from syncohort.core.scale import Scale
from syncohort.nodule.requests import inspect_folds, inspect_pairs, inspect_profiles, log_profiles

MODEL = {"most_variable_genes": 5, "gene_scaling": "zscore"}


def test_held_out_patients_need_both_genes_and_ct(expression):
    patients = pd.Series(expression.index)
    roles = {"fold0": ["train"] * 8 + ["validation"] + ["test"] * 3, "fold1": ["test"] * 2 + ["train"] * 10}
    splits = pd.DataFrame({"patient_id": patients, **roles})
    inspect_folds(patients, expression, splits, 1)
    with pytest.raises(InputError, match=r"2 of the 2 held-out \(fold1\) patients .* at least 3 are needed\. Lower"):
        inspect_folds(patients, expression, splits, 2)
    with pytest.raises(InputError, match=r"2 of the 3 held-out \(fold0\) .* as P00, CT of such as P09; if these are"):
        inspect_folds(patients, expression.drop("P10"), splits, 1)
    # Neither CT nor tumours may be there at all.
    with pytest.raises(InputError, match="0 of the 0 held-out"):
        inspect_folds(patients[:3], expression, splits, 1)
    with pytest.raises(InputError, match="0 of the 3 held-out"):
        inspect_folds(patients, expression[:0], splits, 1)


def test_the_way_is_between_patients_who_are_there(expression):
    inspect_pairs([["P01", "P05"], ["P05", "P02"]], expression.index)
    with pytest.raises(InputError, match=r"interpolate names P99, who is no patient with expression of a tumour and C"):
        inspect_pairs([["P01", "P05"], ["P05", "P99"]], expression.index)


def test_a_profile_needs_the_genes_that_the_model_will_be_told(expression):
    splits = pd.DataFrame({"patient_id": expression.index, "fold0": ["train"] * 8 + ["validation"] * 2 + ["test"] * 2})
    varying = expression.iloc[:8].std(ddof=0).nlargest(5).index
    # What varies among held-out patients only is not looked at.
    changed = expression.copy()
    spared = next(gene for gene in expression if gene not in varying)
    changed.loc[["P10", "P11"], spared] = [-90, 90]
    inspect_profiles(expression[varying], changed, splits, "fold0", MODEL)
    with pytest.raises(InputError, match=rf"nodule.sample.profiles: The expression lacks 1 of the 5 .* {varying[2]}\."):
        inspect_profiles(expression.drop(columns=varying[2]), changed, splits, "fold0", MODEL)


def test_profiles_are_read_on_the_scale_of_the_cohort(tmp_path):
    table = pd.DataFrame({"gene": ["G0", "G1"], "A": [0, 3.0], "B": [1, 7.0]})
    table.to_csv(tmp_path / "given.tsv", sep="\t", index=False)
    profiles = log_profiles(tmp_path / "given.tsv", Scale("counts"))
    assert list(profiles.index) == ["A", "B"]
    assert profiles.loc["A", "G1"] == pytest.approx(np.log(4))
    table.assign(B=[1, None]).to_csv(tmp_path / "bad.tsv", sep="\t", index=False)
    with pytest.raises(InputError, match="has nan for G1 of the profile B, and needs a number of counts, as"):
        log_profiles(tmp_path / "bad.tsv", Scale("counts"))
