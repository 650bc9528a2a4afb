"""The scores, learning curves and self-tests of all folds in one table."""

import numpy as np
import pandas as pd
import pytest

from syncohort.core.io import read_tsv, write_tsv
from syncohort.expression.cross_validation import aggregate_folds, aggregate_learning_curves, aggregate_self_tests
from syncohort.expression.evaluation import COLUMNS
from syncohort.expression.spaces import SELECTED_GENES
from syncohort.realism.learning_curve import COLUMNS as CURVE_COLUMNS


def fold(value: float, ceiling: float, note: str = "") -> pd.DataFrame:
    return pd.DataFrame(
        [["gamma_distances", SELECTED_GENES, value, ceiling, 0.1, np.nan, np.nan, 9, note]], columns=COLUMNS
    )


def test_folds_are_averaged_with_an_interval():
    table = aggregate_folds([fold(value, value + 0.2) for value in (0.1, 0.2, 0.3, 0.4, 0.5)])
    margin = 2.776445 * np.sqrt(0.025 / 5)
    row = table.loc[0]
    assert list(table.columns) == COLUMNS
    assert row[["value", "ceiling", "floor"]].tolist() == pytest.approx([0.3, 0.5, 0.1])
    assert row[["ci_low", "ci_high"]].tolist() == pytest.approx([0.3 - margin, 0.3 + margin], abs=1e-6)
    assert row["n"] == 5
    assert row["note"] == ""


def test_repeats_of_the_folds_widen_the_interval_as_if_there_were_none():
    table = aggregate_folds([fold(value, 1) for value in (0.1, 0.2, 0.3, 0.4)], repeats=2)
    # s = 0.1290994 over all four, t(3) = 3.182446, and two folds: ± t s / √2.
    assert table.loc[0, ["ci_low", "ci_high"]].tolist() == pytest.approx([0.25 - 0.2905161, 0.25 + 0.2905161], abs=1e-6)
    assert table.loc[0, "n"] == 4


def test_notes_are_told_once_or_by_fold():
    assert aggregate_folds([fold(1, 1, "x"), fold(1, 1, "x")]).loc[0, "note"] == "x"
    assert aggregate_folds([fold(1, 1), fold(1, 1, "x"), fold(1, 1, "y")]).loc[0, "note"] == "fold 1: x; fold 2: y"


def test_an_undefined_fold_is_left_out():
    row = aggregate_folds([fold(0.4, 0.8), fold(np.nan, 0.9), fold(0.6, 0.7)]).loc[0]
    assert row["n"] == 2
    assert row["value"] == pytest.approx(0.5)


def curve(gain: float, samples: int) -> pd.DataFrame:
    rows = [["k-NN", size, n, "AUPR", 0.5, 0.5 + gain, gain, -1, 1] for size, n in (("25", 25), ("all", samples))]
    return pd.DataFrame(rows, columns=CURVE_COLUMNS)


def test_learning_curves_are_averaged_with_an_interval_over_folds(tmp_path):
    paths = [tmp_path / f"{number}.tsv" for number in range(3)]
    for path, table in zip(paths, [curve(0.1, 90), curve(0.3, 92), pd.DataFrame(columns=CURVE_COLUMNS)], strict=True):
        write_tsv(table, path)
    found = aggregate_learning_curves([read_tsv(path) for path in paths]).set_index("size")
    assert found["n"].to_dict() == {"25": 25, "all": 91}
    margin = 12.7062 * 0.1
    assert found.loc["all", ["real", "augmented", "gain"]].tolist() == pytest.approx([0.5, 0.7, 0.2])
    assert found.loc["all", ["ci_low", "ci_high"]].tolist() == pytest.approx([0.2 - margin, 0.2 + margin], abs=1e-4)


def test_folds_without_a_learning_curve_have_none_together():
    empty = pd.DataFrame(columns=CURVE_COLUMNS)
    assert aggregate_learning_curves([empty, empty]).empty


def test_self_tests_are_averaged():
    columns = ["control", "metric", "space", "value", "ceiling", "floor"]
    folds = [
        pd.DataFrame([["copy", "tstr", "a", value, 1.0, 0.0], ["permuted", "tstr", "a", 0, 1.0, 0.0]], columns=columns)
        for value in (0.8, 1.0)
    ]
    found = aggregate_self_tests(folds)
    assert found["control"].tolist() == ["copy", "permuted"]
    assert found["value"].tolist() == pytest.approx([0.9, 0])
