"""The null of a model's errors: the same cross-validation with image features exchanged among patients."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

import anndata
import numpy as np
import pandas as pd

from syncohort.core.io import read_tsv
from syncohort.core.splits import TEST
from syncohort.radiogenomics.evaluation import errors_of_patients
from syncohort.radiogenomics.fold import Fold, make_fold

COLUMNS = ["feature", "d2", "d2_null", "permutations", "p_value", "p_adjusted", "model"]


def exchange_features(patients: anndata.AnnData, number: int, seed: int) -> anndata.AnnData:
    """Give every paired patient the image features of another, all of them together.

    Features keep their correlations, and so does expression; whatever goes from one to the other is lost.

    Parameters
    ----------
    patients
        The patients of `pair_patients`.
    number
        Number of the permutation; the same in every fold and for every model.
    seed
        Seed of all permutations.
    """
    exchanged = patients.copy()
    paired = np.flatnonzero(patients.obs["paired"])
    features = patients.obsm["features"].copy()
    features.iloc[paired] = features.iloc[np.random.default_rng([seed, number]).permutation(paired)].to_numpy()
    exchanged.obsm["features"] = features
    return exchanged


@dataclass(frozen=True)
class Permutations:
    """The permutations of a split.

    Parameters
    ----------
    patients
        The patients of `pair_patients`.
    number
        Number of permutations.
    seed
        Seed of all permutations.
    splits, split, protocol
        As `make_fold`.
    """

    patients: anndata.AnnData
    number: int
    seed: int
    splits: pd.DataFrame
    split: str
    protocol: str

    @classmethod
    def of(cls, snakemake: Any) -> Self:
        """Take them from a rule: its inputs, wildcard `split` and parameters."""
        inputs, params = snakemake.input, snakemake.params
        return cls(
            anndata.read_h5ad(inputs.patients),
            params.permutations,
            params.seed_of_permutations,
            read_tsv(inputs.splits),
            snakemake.wildcards.split,
            params.protocol,
        )

    def errors(self, predict: Callable[[Fold, int], np.ndarray]) -> pd.DataFrame:
        """Sum the errors of a model that learns from, and is held against, exchanged features.

        Parameters
        ----------
        predict
            Gives the scaled predictions (test patients, features) of a fold, by a model fitted to its training
            patients, for the permutation of a number.

        Returns
        -------
        DataFrame
            `permutation`, `feature`, `error`: the sum of the absolute errors of the held-out patients, in the
            feature's unit.
        """
        features = list(self.patients.obsm["features"].columns)

        def errors(number: int) -> list[float]:
            exchanged = exchange_features(self.patients, number, self.seed)
            given = make_fold(exchanged, self.splits, self.split, self.protocol)
            predicted = given.scaling.restore_features(predict(given, number))
            return np.abs(predicted - given.test_features).sum(axis=0).tolist()

        return pd.DataFrame(
            {
                "permutation": np.repeat(np.arange(self.number), len(features)),
                "feature": features * self.number,
                "error": np.ravel([errors(number) for number in range(self.number)]),
            }
        )


def permutation_test(predictions: pd.DataFrame, permuted: pd.DataFrame) -> pd.DataFrame:
    """Tell how often a model does as well on exchanged features as on the patients' own.

    The statistic is D², 1 − sum of the absolute errors of the held-out patients ÷ that of their median: it orders
    permutations as the mean absolute error does, and is comparable between features.

    Parameters
    ----------
    predictions
        The tables of `tabulate_predictions`, of all folds.
    permuted
        The tables of `Permutations.errors`, of all folds.

    Returns
    -------
    DataFrame
        Per feature: `d2`, `d2_null` (mean over permutations), `permutations`, `p_value`, the share of permutations with
        at least this D², the patients' own counted among them, and `p_adjusted`, the same of the largest D² of all
        features, which bounds the chance of any false finding among them.

    References
    ----------
    Phipson and Smyth, Stat Appl Genet Mol Biol 9:39, 2010 (the share); Westfall and Young, Resampling-Based Multiple
    Testing, 1993 (the largest).
    """
    held_out = errors_of_patients(predictions[predictions["part"] == TEST])
    features = list(dict.fromkeys(held_out["feature"]))
    by_feature = held_out.groupby("feature")
    deviation = by_feature["observed"].agg(lambda values: (values - values.median()).abs().sum())[features]
    own = 1 - by_feature["absolute"].sum()[features] / deviation
    null = permuted.groupby(["permutation", "feature"])["error"].sum().unstack()[features]
    null = 1 - null / deviation
    number = len(null)
    return pd.DataFrame(
        {
            "feature": features,
            "d2": own.to_numpy(),
            "d2_null": null.mean().to_numpy(),
            "permutations": number,
            "p_value": [(1 + (null[name] >= own[name]).sum()) / (1 + number) for name in features],
            "p_adjusted": [(1 + (null.max(axis=1) >= own[name]).sum()) / (1 + number) for name in features],
        }
    )
