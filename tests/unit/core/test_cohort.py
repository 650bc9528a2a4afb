"""The cohort contract: what goes in comes out, equal cohorts give equal bytes, foreign files are refused."""

import anndata
import numpy as np
import pandas as pd
import pytest

from syncohort.core.cohort import (
    curation_of,
    make_cohort,
    provenance_of,
    read_cohort,
    read_samples,
    scale_of,
    write_cohort,
)
from syncohort.core.errors import InputError
from syncohort.core.io import sha256
from syncohort.core.scale import Scale


def cohort():
    samples = pd.DataFrame(
        {"patient_id": ["P1", "P1"], "condition": ["tumour", "normal"], "age": [50.0, 50.0]}, index=["S1", "S2"]
    )
    curation = pd.DataFrame([["genes dropped", 1, 4, "NaN"]], columns=["step", "number", "of", "rule"])
    genes = pd.DataFrame({"ensembl_id": ["E1", "E2", "E3"]}, index=["A", "B", "NA"])
    return make_cohort(np.arange(6).reshape(2, 3), samples, genes, Scale("log2", 0.5), {"seed": 3}, curation)


def test_round_trip(tmp_path):
    write_cohort(cohort(), tmp_path / "cohort.h5ad")
    found = read_cohort(tmp_path / "cohort.h5ad")
    assert found.X.dtype == np.float32
    assert found.X.tolist() == [[0, 1, 2], [3, 4, 5]]
    assert found.var_names.tolist() == ["A", "B", "NA"]
    assert found.obs["condition"].tolist() == ["tumour", "normal"]
    assert scale_of(found) == Scale("log2", 0.5)
    assert provenance_of(found) == {"seed": 3}
    assert curation_of(found).to_dict("records") == [{"step": "genes dropped", "number": 1, "of": 4, "rule": "NaN"}]
    assert read_samples(tmp_path / "cohort.h5ad")["age"].tolist() == [50.0, 50.0]


def test_equal_cohorts_give_equal_bytes(tmp_path):
    for name in ("first", "second"):
        write_cohort(cohort(), tmp_path / name)
    assert sha256(tmp_path / "first") == sha256(tmp_path / "second")


def test_foreign_file_is_refused(tmp_path):
    anndata.AnnData(np.ones((2, 2), dtype=np.float32)).write_h5ad(tmp_path / "other.h5ad")
    with pytest.raises(InputError) as error:
        read_cohort(tmp_path / "other.h5ad")
    assert str(error.value) == (
        f"{tmp_path}/other.h5ad is not a Syncohort cohort: it lacks patient_id, condition. "
        "Delete it and run the workflow again."
    )
