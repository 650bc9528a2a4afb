import numpy as np
import pytest

from syncohort.report.wording import count, decimal, names, rounded, scientific, voxels_of


@pytest.mark.parametrize(
    ("number", "text"),
    [(0.9134, "0.913"), (-0.5, "−0.500"), (-0.0001, "0.000"), (1234.5, "1,234.500"), (None, "–"), (np.nan, "–")],
)
def test_decimal(number: float | None, text: str):
    assert decimal(number) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [(0.0, "0.000"), (0.012, "0.012"), (1.66e-13, "1.7 × 10⁻¹³"), (-4.2e-8, "−4.2 × 10⁻⁸"), (float("inf"), "–")],
)
def test_scientific(number: float, text: str):
    assert scientific(number) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (12345.6, "12,346"),
        (123.4, "123"),
        (12.345, "12.3"),
        (0.012345, "0.0123"),
        (-1.5, "−1.50"),
        (0.0, "0"),
        (np.nan, "–"),
    ],
)
def test_rounded(number: float, text: str):
    assert rounded(number) == text


def test_names_and_counts():
    assert names(["A", "B"]) == "A, B"
    assert names(["A", "B", "C"], shown=2) == "A, B and 1 more"
    assert (count(1, "gene"), count(1200, "gene")) == ("1 gene", "1,200 genes")


def test_voxels_of():
    assert voxels_of("84×100×16", "2.02381×2×4.5") == "84×100×16 voxels of 2.02×2×4.5 mm"
