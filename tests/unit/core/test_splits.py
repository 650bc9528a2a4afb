"""Splits by patient: nobody crosses, every fold is balanced, the same seed deals the same cards."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from syncohort.core.cohort import make_cohort
from syncohort.core.errors import InputError
from syncohort.core.io import read_tsv, write_tsv
from syncohort.core.naming import fold_names
from syncohort.core.scale import Scale
from syncohort.core.splits import (
    IMAGED,
    TEST,
    TRAIN,
    VALIDATION,
    held_out_samples,
    paired_patients,
    roles_of,
    roles_of_patients,
    split_patients,
    training_samples,
)


def cohort(pairs: int, tumours: int) -> tuple[pd.Series, pd.Series]:
    patients = [f"P{number}" for number in range(pairs) for _ in range(2)] + [f"T{number}" for number in range(tumours)]
    conditions = ["tumour", "normal"] * pairs + ["tumour"] * tumours
    return pd.Series(patients), pd.Series(conditions)


@given(
    pairs=st.integers(4, 40),
    tumours=st.integers(0, 40),
    folds=st.integers(2, 6),
    fraction=st.floats(0.05, 0.5),
    seed=st.integers(0, 99),
)
def test_every_patient_is_tested_once_and_strata_are_spread(pairs, tumours, folds, fraction, seed):
    patients, conditions = cohort(pairs, tumours)
    assume(pairs + tumours >= 5 * folds)
    # Even the fold with the most patients leaves two to validate.
    assume((pairs + tumours - math.ceil((pairs + tumours) / folds)) * fraction >= 1.5)
    table = split_patients(patients, conditions, folds=folds, validation_fraction=fraction, seed=seed)
    assert table["patient_id"].is_unique
    assert set(table["patient_id"]) == set(patients)
    roles = table[fold_names(folds)]
    assert ((roles == TEST).sum(axis=1) == 1).all()
    assert (table["full"] != TEST).all()
    for name in ["full", *roles]:
        assert {TRAIN, VALIDATION} <= set(table[name])
    tested = [table.loc[table[fold] == TEST, "stratum"].value_counts() for fold in roles]
    for stratum in table["stratum"].unique():
        counts = [count.get(stratum, 0) for count in tested]
        assert max(counts) - min(counts) <= 1
    sizes = (roles == TEST).sum()
    assert sizes.max() - sizes.min() <= 1


def test_every_repeat_deals_all_patients_anew():
    patients, conditions = cohort(20, 10)
    once, thrice = (
        split_patients(patients, conditions, folds=4, validation_fraction=0.2, seed=3, repeats=repeats)
        for repeats in (1, 3)
    )
    assert list(thrice)[2:] == ["full", *fold_names(4, 3)]
    assert thrice[list(once)].equals(once), "the first repeat is the one without repeats"
    dealt = [thrice[fold_names(4, 3)[4 * repeat : 4 * repeat + 4]] == TEST for repeat in range(3)]
    for repeat in dealt:
        assert (repeat.sum(axis=1) == 1).all()
        assert repeat.sum().tolist() == [8, 8, 7, 7]
    together = {frozenset(thrice.loc[repeat[fold], "patient_id"]) for repeat in dealt for fold in repeat}
    assert len(together) == 12, "no fold of one repeat is one of another"


@pytest.mark.parametrize("fraction", [0.05, 0.15, 0.3, 0.4, 0.45, 0.5])
def test_validation_has_the_share_asked_for(fraction):
    patients, conditions = cohort(60, 40)
    table = split_patients(patients, conditions, folds=5, validation_fraction=fraction, seed=0)
    for fold in fold_names(5):
        kept = table[table[fold] != TEST]
        assert (kept[fold] == VALIDATION).sum() == round(fraction * len(kept))
        share = (kept[fold] == VALIDATION).groupby(kept["stratum"]).sum() / (kept[fold] == VALIDATION).sum()
        assert share["normal+tumour"] == pytest.approx(0.6, abs=0.1 if fraction > 0.05 else 0.2)


def test_seed_decides():
    patients, conditions = cohort(20, 5)
    tables = [split_patients(patients, conditions, folds=5, validation_fraction=0.2, seed=seed) for seed in (1, 1, 2)]
    assert tables[0].equals(tables[1])
    assert not tables[0].equals(tables[2])


def test_too_few_patients():
    patients, conditions = cohort(4, 0)
    with pytest.raises(InputError) as error:
        split_patients(patients, conditions, folds=5, validation_fraction=0.2, seed=0)
    assert str(error.value) == (
        "The cohort has 4 patients, and 5 folds need at least 5. Lower splits.folds or add patients."
    )


def test_parts_too_small_to_score_are_refused_before_any_training():
    patients, conditions = cohort(0, 12)
    with pytest.raises(InputError) as error:
        split_patients(patients, conditions, folds=5, validation_fraction=0.3, seed=0)
    assert str(error.value) == (
        "The test part of fold2 would have 2 samples, and needs at least 3. Lower splits.folds, raise "
        "splits.validation_fraction (now 0.3), or add patients."
    )
    with pytest.raises(InputError, match=r"^The validation part of full would have 1 samples, and needs at least 2"):
        split_patients(patients, conditions, folds=3, validation_fraction=0.1, seed=0)


def test_names_that_look_like_numbers_survive_the_file(tmp_path):
    names = [f"{number:03d}" for number in range(95, 107)]
    patients, conditions = pd.Series(names), pd.Series(["tumour"] * 12)
    write_tsv(split_patients(patients, conditions, folds=3, validation_fraction=0.3, seed=0), tmp_path / "splits.tsv")
    splits = read_tsv(tmp_path / "splits.tsv")
    samples = pd.DataFrame({"patient_id": names, "condition": "tumour"}, index=[f"S{name}" for name in names])
    genes = pd.DataFrame(index=["7157", "0007"])
    made = make_cohort(np.ones((12, 2)), samples, genes, Scale("tpm"), {})
    assert roles_of(made, splits, "fold0").tolist() == splits["fold0"].tolist()
    assert training_samples(made, splits, "fold0").n_obs + held_out_samples(made, splits, "fold0").n_obs == 12
    with pytest.raises(InputError) as error:
        roles_of(made, splits.iloc[1:], "fold0")
    assert str(error.value) == (
        "The patient '095' of the cohort is not among the 11 patients of splits.tsv. "
        "Delete splits.tsv and run the workflow again."
    )


def test_patients_of_both_wings_are_dealt_once_and_each_wing_is_spread():
    patients, conditions = cohort(20, 0)
    imaged = pd.Series([f"P{number}" for number in range(10, 20)] + [f"M{number}" for number in range(10)])
    both = pd.concat([patients, imaged]), pd.concat([conditions, pd.Series([IMAGED] * 20)])
    table = split_patients(*both, folds=5, validation_fraction=0.2, seed=0)
    assert table["stratum"].value_counts().to_dict() == {
        **dict.fromkeys(["normal+tumour", "imaged+normal+tumour", "imaged"], 10)
    }
    for fold in fold_names(5):
        assert table.loc[table[fold] == TEST, "stratum"].value_counts().tolist() == [2, 2, 2]
    assert roles_of_patients(imaged, table, "fold1").eq(TEST).sum() == 4


def test_five_imaged_subjects_can_be_split_and_four_patients_with_one_in_training_cannot():
    subjects = pd.Series([f"M{number}" for number in range(5)])
    table = split_patients(subjects, pd.Series([IMAGED] * 5), folds=5, validation_fraction=0.15, seed=0)
    assert (table[fold_names(5)] == TEST).sum().tolist() == [1] * 5
    with pytest.raises(
        InputError, match=r"^The train part of fold0 would have 1 imaged subjects, and needs at least 2"
    ):
        split_patients(subjects[:4], pd.Series([IMAGED] * 4), folds=2, validation_fraction=0.5, seed=0)


def test_patients_with_images_and_expression_of_a_tumour():
    strata = ["imaged+tumour", "imaged", "tumour", "imaged+normal", "imaged+normal+tumour", "normal+tumour"]
    splits = pd.DataFrame({"patient_id": list("ABCDEF"), "stratum": strata})
    assert paired_patients(splits) == ["A", "E"]
