"""Who is paired, what a fold may see, and what is refused."""

import anndata
import numpy as np
import pandas as pd
import pytest

from syncohort.core.errors import InputError
from syncohort.radiogenomics.fold import make_fold
from syncohort.radiogenomics.pairing import pair_patients
from syncohort.radiogenomics.scaling import Scaling

GENES = ["A", "B", "C"]


@pytest.fixture
def cohort():
    """Twenty patients with a tumour, the first with two, and one with a normal sample alone."""
    rng = np.random.default_rng(0)
    patients = [f"P{number:02d}" for number in range(20)]
    obs = pd.DataFrame({"patient_id": [*patients, "P00", "P99"], "condition": [*["tumour"] * 21, "normal"]})
    obs.index = [f"S{number}" for number in range(22)]
    cohort = anndata.AnnData(rng.normal(5, 1, (22, 3)).astype(np.float32), obs, pd.DataFrame(index=GENES))
    cohort.uns["scale"], cohort.uns["log2_offset"] = "log2", 1.0
    return cohort


@pytest.fixture
def features():
    """Features of P05 to P24 and of P99; P06 lacks one."""
    names = [*(f"P{number:02d}" for number in range(5, 25)), "P99"]
    table = pd.DataFrame({"patient_id": names, "volume": np.arange(21) + 1.0, "sphericity": np.linspace(0.2, 0.9, 21)})
    table.loc[1, "sphericity"] = np.nan
    return table


@pytest.fixture
def splits():
    names = sorted({*(f"P{number:02d}" for number in range(25)), "P99"})
    role = np.array(["train", "validation", "test"], dtype=object)[np.array([0, 1, 2, 0, 0, 2] * 5)[: len(names)]]
    return pd.DataFrame({"patient_id": names, "stratum": "", "full": "train", "fold0": role})


def test_everybody_is_accounted_for(cohort, features):
    patients, account = pair_patients(cohort, features)
    status = account.set_index("patient_id")["status"]
    assert status.value_counts().to_dict() == {
        "paired": 14,
        "expression only": 5,
        "image only": 6,
        "incomplete features": 1,
    }
    assert (status["P06"], status["P99"], status["P03"]) == ("incomplete features", "image only", "expression only")
    assert len(patients) == 20
    assert patients.obs["paired"].sum() == 14


def test_samples_of_a_patient_are_averaged(cohort, features):
    patients, _ = pair_patients(cohort, features)
    np.testing.assert_allclose(patients["P00"].X.ravel(), cohort.X[[0, 20]].mean(axis=0), rtol=1e-6)


def test_features_belong_to_their_patients(cohort, features):
    patients, _ = pair_patients(cohort, features)
    assert patients.obsm["features"].loc["P07", "volume"] == 3
    assert patients.obsm["features"].loc[["P00", "P06"]].isna().all(axis=None)


def test_other_names_are_told(cohort, features):
    features["patient_id"] = "TCGA-" + features["patient_id"]
    with pytest.raises(InputError, match=r"0 patients have both .* such as P00, features of such as TCGA-P05"):
        pair_patients(cohort, features)


def test_a_constant_feature_is_refused(cohort, features):
    features["volume"] = 3.0
    with pytest.raises(InputError, match="feature volume is the same in all patients"):
        pair_patients(cohort, features)


def test_the_strict_protocol_never_sees_the_test_patients(cohort, features, splits):
    patients, _ = pair_patients(cohort, features)
    before = make_fold(patients, splits, "fold0", "strict")
    held_out = patients.obs_names.isin(splits.loc[splits["fold0"] == "test", "patient_id"])
    patients.X[held_out] += 100
    patients.obsm["features"].loc[held_out] *= 100
    after = make_fold(patients, splits, "fold0", "strict")
    for name in ("expression", "features", "pretraining"):
        np.testing.assert_array_equal(getattr(before, name), getattr(after, name))
    assert not np.array_equal(before.test_expression, after.test_expression)


def test_the_paper_protocol_scales_with_everybody(cohort, features, splits):
    patients, _ = pair_patients(cohort, features)
    fold = make_fold(patients, splits, "fold0", "paper")
    assert len(fold.pretraining) == 20
    np.testing.assert_allclose(np.ptp(fold.pretraining, axis=0), 1, rtol=1e-5)
    strict = make_fold(patients, splits, "fold0", "strict")
    assert len(strict.pretraining) < 20


def test_scaling_is_inverted():
    rng = np.random.default_rng(1)
    expression, features = rng.normal(size=(6, 4)), rng.uniform(1, 9, (6, 2))
    expression[:, 2] = 3
    scaling = Scaling.fit(expression, features)
    scaled = scaling.scale_genes(expression)
    assert np.abs(scaled).max() <= 1
    assert (scaled[:, 2] == 0).all()
    assert scaling.scale_features(features).max(axis=0) == pytest.approx([1, 1])
    np.testing.assert_allclose(scaling.restore_features(scaling.scale_features(features)), features)
