"""The metrics table of a fold and of all folds."""

import numpy as np
import pandas as pd
import pytest

from syncohort.core.errors import InputError
from syncohort.core.io import read_tsv, write_tsv
from syncohort.expression.evaluation import (
    COLUMNS,
    NAMED_GENES,
    SELECTED_GENES,
    aggregate_folds,
    evaluate_fold,
    groups_of,
    named_genes,
)
from syncohort.realism.metrics import METRICS

GENES = [f"G{number}" for number in range(30)]
LOADINGS = np.random.default_rng(0).normal(size=(3, len(GENES)))
SPREAD = np.linspace(0.5, 2, len(GENES))


def draw(seed: int, samples: int) -> tuple[np.ndarray, list[str]]:
    """Expression on the log scale, half of it tumour with the first five genes raised, and the conditions."""
    rng = np.random.default_rng([seed, 7])
    conditions = np.where(np.arange(samples) % 2, "tumour", "normal")
    values = 5 + SPREAD * (rng.normal(size=(samples, 3)) @ LOADINGS + rng.normal(size=(samples, len(GENES))))
    values[conditions == "tumour", :5] += 3
    return values, list(conditions)


def standardise(values: np.ndarray) -> np.ndarray:
    train, _ = draw(1, 160)
    return (values - train.mean(axis=0)) / train.std(axis=0)


def evaluate(synthetic: np.ndarray | None = None, *, samples: int = 40, **changes) -> pd.DataFrame:
    train, train_groups = draw(1, 160)
    test, test_groups = draw(2, samples)
    arguments = {
        "train_groups": train_groups,
        "test_groups": test_groups,
        "genes": GENES,
        "standard_deviation": train.std(axis=0),
        "named": None,
        "draws": 3,
        "seed": 11,
    }
    drawn = draw(3, samples)[0] if synthetic is None else synthetic
    return evaluate_fold(standardise(train), standardise(test), [standardise(drawn)], **arguments | changes)


def test_every_metric_in_every_space_has_a_ceiling_and_a_floor():
    table = evaluate()
    assert list(table.columns) == COLUMNS
    names = [metric.name for metric in METRICS]
    assert table["metric"].tolist() == names * 2
    assert table["space"].tolist() == [SELECTED_GENES] * len(names) + [NAMED_GENES] * len(names)
    assert table[["value", "ceiling", "floor"]].notna().all(axis=None)
    assert table[["ci_low", "ci_high"]].isna().all(axis=None)
    assert (table["n"] == 40).all()
    gamma = table.set_index(["space", "metric"]).loc[(SELECTED_GENES, "gamma_distances")]
    assert gamma["ceiling"] > 0.8
    assert gamma["value"] == pytest.approx(gamma["ceiling"], abs=0.1)
    assert abs(gamma["floor"]) < 0.2


def test_samples_of_the_test_fold_itself_are_perfect():
    found = evaluate(draw(2, 40)[0]).groupby("metric")["value"].agg(["min", "max"])
    for metric in METRICS:
        best = 1 if metric.better == "higher" else 0
        assert found.loc[metric.name].tolist() == pytest.approx([best, best], abs=1e-12)


def test_distances_of_distributions_are_in_standard_deviations_of_the_training_samples():
    train, _ = draw(1, 160)
    table = evaluate(draw(2, 40)[0] + 2 * train.std(axis=0))
    assert table.loc[table["metric"] == "wasserstein", "value"].tolist() == pytest.approx([2, 2])


def test_the_ceiling_has_the_composition_of_the_test_samples():
    tumours = {"train_groups": draw(1, 160)[1], "test_groups": ["tumour"] * 40}
    test = standardise(draw(2, 80)[0][1::2])
    train = standardise(draw(1, 160)[0])
    scaler = {"standard_deviation": SPREAD}
    table = evaluate_fold(train, test, [test], genes=GENES, named=None, draws=4, seed=0, **scaler, **tumours)
    mixed = evaluate_fold(
        train, test, [test], genes=GENES, named=None, draws=4, seed=0, train_groups=["any"] * 160,
        test_groups=["any"] * 40, **scaler,
    )  # fmt: skip
    ks = (table["metric"] == "ks_similarity") & (table["space"] == SELECTED_GENES)
    assert table.loc[ks, "ceiling"].item() > mixed.loc[ks, "ceiling"].item() + 0.02


def test_groups_join_the_condition_with_the_categorical_covariates():
    samples = pd.DataFrame({"condition": ["tumour", "normal"], "tissue": ["lung", "liver"], "age": [50, 60]})
    assert groups_of(samples, ["tissue"]) == ["tumour/lung", "normal/liver"]


def test_the_most_variable_genes_are_named_by_default():
    spread = np.array([1.0, 3, 2, 3])
    assert named_genes(None, ["A", "B", "C", "D"], spread) == (["B", "D", "C", "A"], [])
    named, _ = named_genes(None, GENES, SPREAD)
    assert named == GENES[:-13:-1]


def test_named_genes_that_are_not_selected_are_told():
    assert named_genes(["G2", "TP53", "G1", "G2"], GENES, SPREAD) == (["G2", "G1"], ["TP53"])
    table = evaluate(named=["G3", "TP53", "G1", "G7", "VHL"])
    notes = table.groupby("space")["note"].unique()
    assert notes[NAMED_GENES].tolist() == ["genes: G3, G1, G7; not selected: TP53, VHL"]
    assert notes[SELECTED_GENES].tolist() == [""]


def test_fewer_than_three_named_genes_are_not_scored():
    table = evaluate(named=["G3", "TP53"]).set_index("space").loc[NAMED_GENES]
    assert table[["value", "ceiling", "floor"]].isna().all(axis=None)
    assert set(table["note"]) == {"genes: G3; not selected: TP53; not computed: fewer than 3 genes"}
    assert len(table) == len(METRICS)


def test_too_few_test_samples():
    with pytest.raises(InputError) as caught:
        evaluate(samples=2)
    assert str(caught.value) == (
        "The test part of this fold has 2 samples, and its metrics need at least 3. Lower splits.folds."
    )


def test_synthetic_samples_must_be_as_many_as_test_samples():
    with pytest.raises(ValueError, match=r"Synthetic samples are \(39, 30\), test samples \(40, 30\)"):
        evaluate(draw(3, 39)[0])


def test_synthetic_samples_must_be_finite():
    synthetic = draw(3, 40)[0]
    synthetic[3, 4] = np.nan
    with pytest.raises(ValueError, match="not finite"):
        evaluate(synthetic)


def test_the_same_seed_gives_the_same_table_and_another_other_controls():
    pd.testing.assert_frame_equal(evaluate(), evaluate())
    first, other = evaluate(), evaluate(seed=12)
    pd.testing.assert_series_equal(first["value"], other["value"])
    assert (first["ceiling"] != other["ceiling"]).all()


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


def test_notes_are_told_once_or_by_fold():
    assert aggregate_folds([fold(1, 1, "x"), fold(1, 1, "x")]).loc[0, "note"] == "x"
    assert aggregate_folds([fold(1, 1), fold(1, 1, "x"), fold(1, 1, "y")]).loc[0, "note"] == "fold 1: x; fold 2: y"


def test_an_undefined_fold_is_left_out():
    row = aggregate_folds([fold(0.4, 0.8), fold(np.nan, 0.9), fold(0.6, 0.7)]).loc[0]
    assert row["n"] == 2
    assert row["value"] == pytest.approx(0.5)


def test_tables_from_files_give_the_same(tmp_path):
    tables = [evaluate(), evaluate(named=["G3", "TP53"])]
    paths = [tmp_path / f"{number}.tsv" for number in range(2)]
    for table, path in zip(tables, paths, strict=True):
        write_tsv(table, path)
    found = aggregate_folds([read_tsv(path) for path in paths])
    pd.testing.assert_frame_equal(found, aggregate_folds(tables))
    assert found["space"].unique().tolist() == [SELECTED_GENES, NAMED_GENES]
