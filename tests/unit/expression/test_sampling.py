"""Synthetic cohorts: whose covariates they have, and the cohort contract on the real scale."""

import numpy as np
import pandas as pd
import pytest

from syncohort.core.cohort import make_cohort, scale_of
from syncohort.core.errors import InputError
from syncohort.core.scale import Scale
from syncohort.expression.normalisation import Scaler
from syncohort.expression.sampling import choose_covariates, counterparts, sample_cohort, synthetic_table

REAL = pd.DataFrame({"condition": ["tumour", "tumour", "normal"], "sex": ["m", "f", "f"], "age": [50.0, 60.0, 70.0]})


class TwoGenes:
    """Stands for a generator whose z-scores are far below and above the mean."""

    def __init__(self, scale):
        self.genes = ["B", "A"]
        self.scaler = Scaler(("B", "A"), np.array([2.0, 3.0]), np.array([1.0, 2.0]), scale)

    def sample(self, covariates, seed):
        return self.scaler.inverse(np.tile(np.float32([-9.0, 1.0]), (len(covariates), 1)))


def test_without_wishes_the_real_covariates_are_taken_row_by_row():
    chosen = choose_covariates(REAL, None, {}, np.random.default_rng(0))
    pd.testing.assert_frame_equal(chosen, REAL)


def test_fixed_covariates_are_given_and_the_rest_drawn_from_those_that_fit():
    chosen = choose_covariates(REAL, 50, {"condition": "tumour", "age": 55.0}, np.random.default_rng(0))
    assert len(chosen) == 50
    assert set(chosen["condition"]) == {"tumour"}
    assert set(chosen["age"]) == {55.0}
    assert set(chosen["sex"]) == {"m", "f"}


def test_value_that_no_real_sample_has_is_refused():
    with pytest.raises(InputError) as error:
        choose_covariates(REAL, 5, {"sex": "x"}, np.random.default_rng(0))
    assert str(error.value) == (
        "expression.sample.covariates asks for sex 'x', which no real sample has together with the values before it; "
        "the cohort has f, m."
    )


def test_counterparts_repeat_the_held_out_samples_once_per_draw():
    drawn = counterparts(REAL, 4)
    assert drawn["draw"].value_counts().to_dict() == dict.fromkeys(range(4), 3)
    assert drawn.loc[drawn["draw"] == 2, "age"].tolist() == REAL["age"].tolist()


@pytest.mark.parametrize("scale", [Scale("counts"), Scale("log2", 1.0), Scale("log2", 0.0)])
def test_synthetic_cohort_keeps_the_contract_and_the_scale(scale):
    genes = pd.DataFrame({"ensembl_id": ["ENSG1", "ENSG2", "ENSG3"]}, index=["A", "B", "C"])
    samples = REAL.assign(patient_id=["P1", "P2", "P2"]).set_axis(["S1", "S2", "S3"])
    like = make_cohort(np.ones((3, 3)), samples, genes, scale, {})
    synthetic = sample_cohort(TwoGenes(scale), REAL, like, seed=1, provenance={"seed": 1})
    assert scale_of(synthetic) == scale
    assert synthetic.var["ensembl_id"].tolist() == ["ENSG2", "ENSG1"]
    assert synthetic.obs["patient_id"].is_unique
    assert synthetic.obs["condition"].tolist() == REAL["condition"].tolist()
    low, high = synthetic.X[0]
    assert low == (-7.0 if scale.log2_offset == 0 else 0.0)
    assert high == pytest.approx(np.expm1(5.0) if scale.name == "counts" else 5.0)
    table = synthetic_table(synthetic)
    assert table.columns.tolist() == ["sample_id", "patient_id", "condition", "sex", "age", "B", "A"]
