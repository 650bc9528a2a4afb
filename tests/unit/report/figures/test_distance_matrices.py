import numpy as np
import pandas as pd
import pytest

from syncohort.report.figures import distance_matrices as module
from syncohort.report.figures.distance_matrices import distance_matrices


def names(number: int) -> pd.Index:
    return pd.Index([f"G{gene}" for gene in range(number)])


def matrices_of(table: pd.DataFrame) -> dict[str, pd.DataFrame]:
    return {samples: part.set_index("gene").drop(columns="samples") for samples, part in table.groupby("samples")}


def test_table_holds_one_minus_r_of_every_pair_in_one_order():
    rng = np.random.default_rng(0)
    real, synthetic = rng.normal(size=(40, 6)), rng.normal(size=(50, 6))
    drawn = matrices_of(distance_matrices(real, synthetic, names(6), name="d").table)
    for samples, values in (("real", real), ("synthetic", synthetic)):
        assert list(drawn[samples].index) == list(drawn[samples].columns) == list(drawn["real"].columns)
        expected = pd.DataFrame(1 - np.corrcoef(values.T), names(6), names(6))
        expected = expected.loc[drawn[samples].index, drawn[samples].columns]
        np.testing.assert_allclose(drawn[samples], expected, atol=6e-4)


def test_equal_samples_agree_fully_and_constant_genes_are_left_out():
    values = np.random.default_rng(0).normal(size=(40, 6))
    values[:, 2] = 1.0
    figure = distance_matrices(values, values, names(6), name="d")
    assert "Over 10 pairs of 5 genes" in figure.finding
    assert "correlate with the real ones at 1.000" in figure.finding
    assert set(figure.table["gene"]) == {"G0", "G1", "G3", "G4", "G5"}


def test_large_matrices_are_drawn_as_block_means(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "MOST_BLOCKS", 2)
    values = np.random.default_rng(0).normal(size=(40, 4))
    figure = distance_matrices(values, values, names(4), name="d")
    drawn = matrices_of(figure.table)["real"]
    assert [label.endswith(" +1") for label in drawn.columns] == [True, True]
    # Four blocks of two by two genes: their mean is that of the whole matrix.
    assert drawn.to_numpy().mean() == pytest.approx((1 - np.corrcoef(values.T)).mean(), abs=1e-3)
    assert "Each cell is the mean of blocks of about 2 genes." in figure.reading
