import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from syncohort.core.cohort import make_cohort, read_cohort, write_cohort
from syncohort.core.errors import InputError
from syncohort.core.scale import Scale
from syncohort.expression.normalisation import Scaler, normalise, scaler_of

GENES = ["G0", "G1", "G2"]


@pytest.mark.parametrize("scale", [Scale("counts"), Scale("log2", 1.0), Scale("log2", 0.0)])
@given(data=st.data())
def test_inverse_undoes_transform(scale, data):
    values = data.draw(arrays(np.float32, (8, 3), elements=st.floats(0, 16, width=16)))
    values[0], values[1] = 0, 16
    values = np.exp2(values) - 1 if scale.name == "counts" else values
    scaler = Scaler.fit(values, GENES, scale)
    np.testing.assert_allclose(scaler.inverse(scaler.transform(values)), values, rtol=2e-5, atol=2e-5)


def test_scores_are_standardised_with_population_deviation():
    values = np.random.default_rng(0).poisson(40, (50, 3)).astype(np.float32)
    scaler = Scaler.fit(values, GENES, Scale("counts"))
    np.testing.assert_allclose(scaler.standard_deviation, np.log1p(values.astype(float)).std(axis=0, ddof=0))
    scores = scaler.transform(values)
    assert scores.dtype == np.float32
    np.testing.assert_allclose(scores.mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(scores.std(axis=0), 1, atol=1e-6)


def test_log2_values_are_not_logged_again():
    scaler = Scaler.fit(np.array([[1.0], [3.0]]), ["G0"], Scale("log2"))
    assert (scaler.mean.tolist(), scaler.standard_deviation.tolist()) == ([2.0], [1.0])
    assert scaler.transform(np.array([[5.0]])).tolist() == [[3.0]]


@pytest.mark.parametrize(
    ("scale", "minimum"), [(Scale("counts"), 0), (Scale("log2", 1.0), 0), (Scale("log2", 0.5), -1)]
)
def test_inverse_never_goes_below_what_the_scale_allows(scale, minimum):
    scaler = Scaler.fit(np.array([[1.0, 2.0, 3.0], [2.0, 5.0, 9.0]]), GENES, scale)
    assert scaler.inverse(np.full((1, 3), -50.0)).tolist() == [[minimum] * 3]


def test_inverse_without_a_minimum_is_not_clipped():
    scaler = Scaler.fit(np.array([[-2.0], [4.0]]), ["G0"], Scale("log2", 0.0))
    assert scaler.inverse(np.array([[-10.0]])).tolist() == [[-29.0]]


def test_normalised_cohort_keeps_the_scaler(tmp_path):
    values = np.random.default_rng(1).poisson(30, (6, 4)).astype(np.float32)
    samples = pd.DataFrame(
        {"patient_id": [f"P{row}" for row in range(6)], "condition": "tumour", "age": range(6)},
        index=pd.Index([f"S{row}" for row in range(6)], name="sample_id"),
    )
    cohort = make_cohort(values, samples, pd.DataFrame(index=["A", "B", "C", "D"]), Scale("counts"), provenance={})
    roles = ["train", "train", "validation", "train", "train", "validation"]
    write_cohort(normalise(cohort, ["D", "B"], pd.Series(roles)), tmp_path / "normalised.h5ad")
    restored = read_cohort(tmp_path / "normalised.h5ad")
    assert restored.var_names.tolist() == ["D", "B"]
    assert restored.obs["role"].tolist() == roles
    assert restored.obs["age"].tolist() == list(range(6))
    scaler = scaler_of(restored)
    assert scaler.genes == ("D", "B")
    assert scaler.scale == Scale("counts")
    np.testing.assert_allclose(scaler.inverse(restored.X), values[:, [3, 1]], rtol=1e-5)
    np.testing.assert_array_equal(scaler.transform(values[:, [3, 1]]), restored.X)


def test_constant_genes_cannot_be_standardised():
    values = np.array([[0.1, 1, 0.7]] * 7)
    values[0, 1] = 2
    with pytest.raises(InputError) as error:
        Scaler.fit(values, GENES, Scale("tpm"))
    assert str(error.value) == (
        "2 of 3 genes have one value in all 7 training samples and cannot be standardised, the first of them G0. "
        "Leave them out of the selection."
    )
