import anndata
import numpy as np
import pandas as pd
import pytest

from syncohort.core.cohort import make_cohort
from syncohort.core.errors import InputError
from syncohort.core.scale import Scale
from syncohort.expression.filtering import drop_removed, expressed_samples, find_unexpressed


def cohort_of(values: list[list[float]], scale: Scale) -> anndata.AnnData:
    samples = pd.DataFrame(
        {"patient_id": [f"P{row}" for row in range(len(values))], "condition": "tumour"},
        index=[f"S{row}" for row in range(len(values))],
    )
    samples.iloc[-1, 1] = "normal"
    genes = pd.DataFrame(index=[f"G{column}" for column in range(len(values[0]))])
    return make_cohort(np.array(values), samples, genes, scale, provenance={})


@pytest.mark.parametrize(
    ("scale", "zero"),
    [
        (Scale("counts"), 0.0),
        (Scale("tpm"), 0.0),
        (Scale("log2", 1.0), 0.0),
        (Scale("log2", 1.0), -0.2),
        (Scale("log2", 0.001), np.log2(0.001)),
    ],
)
def test_all_zero_samples_and_genes_are_named(scale, zero):
    # G1 is silent in the tumours only, G2 everywhere; S1 has no expression at all.
    cohort = cohort_of([[5, zero, zero], [zero, zero, zero], [7, zero, zero], [5, 9, zero]], scale)
    removed = find_unexpressed(cohort)
    assert removed.to_numpy().tolist() == [
        ["sample", "S1", "no expression in any gene"],
        ["gene", "G2", "no expression in any training sample"],
    ]
    assert removed.columns.tolist() == ["kind", "name", "reason"]
    left = drop_removed(cohort, removed)
    assert (left.obs_names.tolist(), left.var_names.tolist()) == (["S0", "S2", "S3"], ["G0", "G1"])
    assert find_unexpressed(left).empty


def test_logarithms_without_offset_have_no_zero():
    cohort = cohort_of([[-2.0, 0.0], [-2.0, 0.0]], Scale("log2", 0.0))
    removed = find_unexpressed(cohort)
    assert removed.columns.tolist() == ["kind", "name", "reason"]
    assert removed.empty
    assert drop_removed(cohort, removed).shape == (2, 2)


def test_genes_are_judged_without_the_samples_that_go():
    assert find_unexpressed(cohort_of([[0, 0], [1, 2]], Scale("counts")))["name"].tolist() == ["S0"]


def test_nothing_left():
    with pytest.raises(InputError) as error:
        find_unexpressed(cohort_of([[0, 0, 0], [0, 0, 0]], Scale("counts")))
    assert str(error.value) == (
        "All 2 training samples are zero in all 3 genes, so nothing can be learnt from them. Check the expression "
        "matrix and the scale declared for it."
    )


def test_held_out_samples_without_expression_are_not_scored():
    cohort = make_cohort(
        np.array([[0.0, 0.0], [0.0, 3.0]]),
        pd.DataFrame({"patient_id": ["P1", "P2"], "condition": "tumour"}, index=["S1", "S2"]),
        pd.DataFrame(index=["A", "B"]),
        Scale("tpm"),
        {},
    )
    assert expressed_samples(cohort).obs_names.tolist() == ["S2"]
