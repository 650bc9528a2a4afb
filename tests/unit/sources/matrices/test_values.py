"""Library-size normalisation, by hand and by what it must do to any counts."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from syncohort.sources.matrices.values import normalise_library_size


def test_by_hand():
    counts = np.array([[1, 3], [6, 2], [10, 10]], dtype=np.float32)
    normalised, library_size = normalise_library_size(counts)
    assert library_size.tolist() == [4, 8, 20]
    np.testing.assert_allclose(normalised, [[2, 6], [6, 2], [4, 4]])


def test_empty_sample_stays_zero_and_does_not_move_the_median():
    normalised, library_size = normalise_library_size(np.array([[1, 1], [0, 0], [3, 3]], dtype=np.float32))
    assert library_size.tolist() == [2, 0, 6]
    np.testing.assert_allclose(normalised, [[2, 2], [0, 0], [2, 2]])


@given(npst.arrays(np.float32, (5, 7), elements=st.integers(0, 10_000)))
def test_every_sequenced_sample_gets_the_median_and_keeps_its_proportions(counts):
    normalised, library_size = normalise_library_size(counts)
    sequenced = library_size > 0
    if sequenced.any():
        target = np.median(library_size[sequenced])
        np.testing.assert_allclose(normalised[sequenced].sum(axis=1), target, rtol=1e-5)
        share = counts[sequenced] / library_size[sequenced, None]
        np.testing.assert_allclose(normalised[sequenced] / target, share, rtol=1e-5, atol=1e-7)
    assert not normalised[~sequenced].any()
