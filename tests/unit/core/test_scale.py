"""Scales: the way to linear and logarithmic values and back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncohort.core.scale import SCALES, Scale


@given(name=st.sampled_from(SCALES), linear=st.lists(st.floats(0, 1e6), min_size=1))
def test_log_and_back(name, linear):
    scale = Scale(name)
    values = np.log2(np.array(linear) + 1) if scale.is_log else np.array(linear)
    np.testing.assert_allclose(scale.from_log(scale.to_log(values)), values, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(scale.to_linear(values), linear, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(
    ("scale", "minimum"),
    [(Scale("counts"), 0), (Scale("log2"), 0), (Scale("log2", 0.5), -1), (Scale("log2", 0), -np.inf)],
)
def test_nothing_comes_back_below_the_minimum(scale, minimum):
    assert scale.minimum == minimum
    assert scale.from_log(np.array([-40.0])).min() == max(minimum, -40.0)


@pytest.mark.parametrize(
    ("scale", "unit"), [(Scale("tpm"), "tpm"), (Scale("log2"), "log2(x + 1)"), (Scale("log2", 0), "log2(x)")]
)
def test_unit_is_what_people_call_it(scale, unit):
    assert scale.unit == unit
