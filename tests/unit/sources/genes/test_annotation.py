"""Names of genes as public matrices write them, and the row kept of a repeated gene."""

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from syncohort.sources.genes.annotation import annotate_genes, strongest


def named(**columns):
    return annotate_genes(pd.DataFrame(columns)).to_dict("list")


def test_symbol_with_entrez():
    assert named(id=["TP53|7157", "?|100130426", "SLC35E2|9906"]) == {
        "gene": ["TP53", None, "SLC35E2"],
        "entrez_id": ["7157", "100130426", "9906"],
    }


def test_column_of_entrez_ids():
    assert named(id=["MORC4", "CMTM1"], entrez_id=["    79710", "   113540"]) == {
        "gene": ["MORC4", "CMTM1"],
        "entrez_id": ["79710", "113540"],
    }


def test_ensembl_version_is_cut():
    assert named(id=["ENSG00000141510.18", "ENSG00000002586.20_PAR_Y"]) == {
        "gene": ["ENSG00000141510", "ENSG00000002586"],
        "ensembl_id": ["ENSG00000141510", "ENSG00000002586"],
    }


def test_symbol_beside_ensembl():
    assert named(id=["ENSG00000141510.18", "ENSG00000000001"], symbol=["TP53", None]) == {
        "gene": ["TP53", "ENSG00000000001"],
        "ensembl_id": ["ENSG00000141510", "ENSG00000000001"],
    }


def test_unnamed():
    assert named(id=["?", "", "NA", None, " TP53 "]) == {"gene": [None, None, None, None, "TP53"]}


def test_strongest_by_hand():
    values = np.array([[1.0, 9.0, 5.0, np.nan], [1.0, 0.0, 5.0, 6.0]])
    # Means: 1, 4.5, 5, 6 (the missing value is left out).
    assert strongest(values, pd.Series(["A", "B", "B", "A"])).tolist() == [False, False, True, True]


@given(
    npst.arrays(np.float32, st.tuples(st.integers(1, 5), st.just(8)), elements=st.floats(-50, 50, width=32)),
    st.lists(st.sampled_from("ABC"), min_size=8, max_size=8),
)
def test_strongest_keeps_each_key_once_at_its_highest_mean(values, keys):
    keys = pd.Series(keys)
    kept = strongest(values, keys)
    means = values.mean(axis=0, dtype=np.float64)
    assert sorted(keys[kept]) == sorted(set(keys))
    for key in set(keys):
        assert means[kept & (keys == key)] == means[keys == key].max()
