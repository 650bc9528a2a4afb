"""The permutation test of models: what is exchanged, values worked by hand, and no more findings than promised."""

import anndata
import numpy as np
import pandas as pd
import pytest
from scipy import stats

from syncohort.core.defaults import default_of
from syncohort.core.kinds import read_kind
from syncohort.core.naming import fold_names
from syncohort.core.splits import split_patients
from syncohort.radiogenomics.fold import make_fold
from syncohort.radiogenomics.permutation import COLUMNS, Permutations, exchange_features, permutation_test
from syncohort.radiogenomics.predictions import tabulate_predictions
from syncohort.radiogenomics.predictors import pca_ridge

SETTINGS = {name: default_of(rule, {}) for name, rule in read_kind("pca-ridge", "radiogenomics").settings.items()}
FOLDS = 2


def made_up(seed, signal=0.0, patients=30):
    """Patients, five of them without images, whose first feature follows five genes with the given strength."""
    rng = np.random.default_rng(seed)
    factor = rng.normal(size=patients)
    expression = rng.normal(size=(patients, 20))
    expression[:, :5] += 2 * factor[:, None]
    common = rng.normal(size=patients)
    features = {"volume": 50 + 10 * (signal * factor + common), "shape": 5 + rng.normal(size=patients) + common}
    names = [f"P{number:02d}" for number in range(patients)]
    made = anndata.AnnData(expression.astype(np.float32), pd.DataFrame({"paired": np.arange(patients) >= 5}, names))
    table = pd.DataFrame(features, names)
    table.iloc[:5] = np.nan
    made.obsm["features"] = table
    return made


def run_test(patients, permutations, *, seed):
    """The permutation test of ridge regression."""
    splits = split_patients(
        pd.Series(patients.obs_names), pd.Series("tumour", range(len(patients))), folds=FOLDS, validation_fraction=0.2,
        seed=seed,
    )  # fmt: skip
    features = list(patients.obsm["features"])

    def predict(fold, _number):
        return pca_ridge.fit_predict(fold.expression, fold.features, fold.test_expression, SETTINGS, 1)

    own, permuted = [], []
    for split in fold_names(FOLDS):
        given = {"splits": splits, "split": split, "protocol": "strict"}
        fold = make_fold(patients, **given)
        predicted = pca_ridge.fit_predict(fold.expression, fold.features, fold.everybody, SETTINGS, 1)
        own.append(tabulate_predictions(fold, features, predicted))
        permuted.append(Permutations(patients, permutations, seed, **given).errors(predict))
    return permutation_test(pd.concat(own), pd.concat(permuted)).set_index("feature")


def test_rows_are_exchanged_whole_and_among_the_paired_alone():
    patients = made_up(0)
    first, again, second = (exchange_features(patients, number, 7).obsm["features"] for number in (0, 0, 1))
    own = patients.obsm["features"]
    assert first.equals(again)
    assert not first.equals(second)
    assert first[:5].isna().all(axis=None)
    assert set(map(tuple, first[5:].to_numpy())) == set(map(tuple, own[5:].to_numpy()))
    assert not first.equals(own)


def test_p_values_by_hand():
    observed = pd.DataFrame(
        {"part": "test", "feature": "ab" * 3, "observed": [0, 0, 2, 4, 4, 8.0], "predicted": [1, 0, 2, 4, 3, 4.0]}
    )
    observed["feature"] = list("ababab")
    # Deviations from the medians 2 and 4 add up to 4 and 8, the errors to 2 and 4: D² is ½ for both.
    errors = {0: (2, 9), 1: (3, 3), 2: (5, 8), 3: (4, 4)}
    permuted = pd.DataFrame(
        [(number, name, error) for number, pair in errors.items() for name, error in zip("ab", pair, strict=True)],
        columns=["permutation", "feature", "error"],
    )
    table = permutation_test(observed, permuted).set_index("feature")
    assert table["d2"].tolist() == [0.5, 0.5]
    # Of a, permutation 0 reaches ½; of b, permutations 1 and 3; of either, all three of them.
    assert table["p_value"].tolist() == [2 / 5, 3 / 5]
    assert table["p_adjusted"].tolist() == [4 / 5, 4 / 5]
    assert table.loc["a", "d2_null"] == pytest.approx(1 - 3.5 / 4)
    assert [*table.reset_index(), "model"] == COLUMNS


def test_what_is_planted_is_found_and_nothing_else():
    table = run_test(made_up(1, signal=3.0, patients=60), 39, seed=1)
    assert table.loc["volume", "p_adjusted"] == 1 / 40
    assert table.loc["volume", "d2"] > 0.1
    assert table.loc["shape", "p_value"] > 0.05


def test_without_an_association_findings_come_at_the_nominal_rate():
    # With 19 permutations a p-value of 0.05 is the least there is, and comes once in twenty.
    tables = [run_test(made_up(seed), 19, seed=seed) for seed in range(40)]
    single = np.concatenate([table["p_value"] for table in tables])
    any_of_them = np.array([table["p_adjusted"].min() for table in tables])
    assert (single <= 0.05).sum() <= stats.binom.ppf(0.99, len(single), 0.05)
    assert (any_of_them <= 0.05).sum() <= stats.binom.ppf(0.99, len(any_of_them), 0.05)
    # And no p-value is too large on average either: they are uniform.
    assert np.mean(single) == pytest.approx(0.525, abs=0.1)
