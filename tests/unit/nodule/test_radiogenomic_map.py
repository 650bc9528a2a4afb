"""The radiogenomic map: spaces without the held-out patients, separation where it is, labels of all sorts."""

import numpy as np
import pandas as pd
import pytest

from syncohort.core.errors import InputError
from syncohort.core.splits import TEST, TRAIN, VALIDATION
from syncohort.nodule.clinical_labels import clinical_labels
from syncohort.nodule.features import FEATURES
from syncohort.nodule.mapping import gene_spaces, map_patients
from syncohort.nodule.radiogenomic_map import (
    CATEGORICAL,
    CLINICAL,
    CODE,
    COMPONENTS,
    CONTINUOUS,
    GENES,
    IMAGE,
    SPACES,
    judge_spaces,
)
from syncohort.realism.layout import T_SNE


@pytest.fixture(scope="module")
def splits(expression):
    roles = [TRAIN] * 5 + [VALIDATION] + [TEST] * 6
    return pd.DataFrame({"patient_id": expression.index, "stratum": "imaged+tumour", "fold0": roles})


@pytest.fixture(scope="module")
def labels(expression):
    return pd.DataFrame({"age": np.arange(12.0), "sex": ["female", "male"] * 6, "stage": 2}, expression.index)


def test_all_patients_are_mapped_and_held_out_ones_judged(generator, slices, expression, labels, splits):
    found = map_patients(generator, slices, expression.drop("P00"), labels, splits, "fold0",
                         layouts=[T_SNE], permutations=19, seed=1)  # fmt: skip
    assert found.places.groupby("space", sort=False)["patient_id"].nunique().to_dict() == dict.fromkeys(SPACES, 11)
    assert found.places["role"].value_counts().to_dict() == {TEST: 18, TRAIN: 12, VALIDATION: 3}
    kinds = found.variables.drop_duplicates("variable").set_index("variable")
    assert kinds["scale"].to_dict() == {
        **dict.fromkeys(FEATURES, CONTINUOUS), "age": CONTINUOUS, "sex": CATEGORICAL, "stage": CATEGORICAL
    }  # fmt: skip
    assert kinds["kind"].tolist() == [IMAGE] * 4 + [CLINICAL] * 3
    table = found.separability
    assert len(table) == 3 * 7
    assert (table["patients"] == 6).all()
    assert table.loc[table["variable"] == "stage", ["score", "p_value", "q_value"]].isna().all(axis=None)
    assert (table.dropna()["q_value"] >= table.dropna()["p_value"]).all()


def test_principal_components_know_nothing_of_held_out_patients(generator, expression):
    held_out = np.arange(12) >= 6
    changed = expression.copy()
    changed.iloc[11] += 3
    found, other = (gene_spaces(generator, table, held_out) for table in (expression, changed))
    for name in (GENES, COMPONENTS, CODE):
        np.testing.assert_allclose(found[name][:11], other[name][:11], atol=1e-5)
    # Six patients span five dimensions.
    assert [found[name].shape[1] for name in SPACES] == [20, 5, generator.size.code]


def test_the_space_that_separates_is_told():
    rng = np.random.default_rng(0)
    patients = [f"P{number}" for number in range(40)]
    group = np.array(["a", "b"] * 20)
    told = rng.normal(size=(40, 3)) + 3 * (group == "a")[:, None]
    variables = pd.DataFrame({"kind": CLINICAL, "variable": "group", "scale": CATEGORICAL, "patient_id": patients,
                              "value": group})  # fmt: skip
    alone = variables.tail(1).assign(patient_id="P0", variable="rare", value="once")
    spaces = {name: pd.DataFrame(values, patients) for name, values in
              (("told", told), ("silent", rng.normal(size=(40, 3))))}  # fmt: skip
    found = judge_spaces(spaces, pd.concat([variables, alone]), 199, 1).set_index(["variable", "space"])
    assert found.loc[("group", "told"), "score"] > 0.5
    assert found.loc[("group", "told"), "p_value"] == pytest.approx(1 / 200)
    assert found.loc[("group", "silent"), "p_value"] > 0.05
    # A group of one patient is none.
    assert found.loc[("rare", "told"), "patients"] == 0


def test_labels_come_from_the_clinical_table_before_the_samples():
    samples = pd.DataFrame({"patient_id": ["A", "A", "B"], "sex": [None, "male", "male"], "batch": ["x", "x", "y"]})
    clinical = pd.DataFrame({"patient_id": ["B", "C"], "sex": ["female", "male"], "EGFR": ["mutant", "wildtype"]})
    assert clinical_labels(samples, ["sex", "batch"], None, None).loc["A"].tolist() == ["male", "x"]
    both = clinical_labels(samples, ["batch"], clinical, None)
    assert both["sex"].dropna().to_dict() == {"B": "female", "C": "male"}
    assert list(both) == ["batch", "sex"]
    assert list(clinical_labels(samples, ["sex"], clinical, ["EGFR"])) == ["EGFR"]
    assert list(clinical_labels(samples, ["sex"], clinical, [])) == []
    with pytest.raises(InputError, match="names 'EGRF', which is no column of the clinical table and the samples; did"):
        clinical_labels(samples, [], clinical, ["EGRF"])
