import numpy as np
import pandas as pd
import pytest

from syncohort.report.figures.distributions import BINS, distributions


def test_densities_of_every_gene_integrate_to_one_and_hold_no_patient():
    rng = np.random.default_rng(0)
    real, synthetic = rng.normal(size=(50, 5)), rng.normal(size=(70, 5))
    table = distributions(real, synthetic, pd.Index(list("ABCDE")), unit="u", name="d").table
    assert table.groupby("gene").size().eq(BINS).all()
    width = table["to"] - table["from"]
    for column in ("real_density", "synthetic_density"):
        assert (table[column] * width).groupby(table["gene"]).sum().tolist() == pytest.approx([1.0] * 5)


def test_finding_names_the_least_similar_gene():
    values = np.random.default_rng(0).normal(size=(50, 3))
    other = values + np.array([0.0, 100.0, 0.0])
    figure = distributions(values, other, pd.Index(["A", "B", "C"]), unit="u", name="d")
    assert figure.finding == (
        "Kolmogorov–Smirnov similarity of the 3 genes has a median of 1.00; it is least for B (0.00)."
    )
