"""Expression profiles as the networks see them: a logarithm, one saved scaler, genes that are missing filled in."""

import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

import anndata
import numpy as np
import pandas as pd

from syncohort.core.cohort import scale_of
from syncohort.core.errors import InputError
from syncohort.core.scale import Scale

logger = logging.getLogger("syncohort")

# A profile that lacks more than this share of the genes says too little of a sample.
MOST_MISSING = 0.5


@dataclass(frozen=True)
class ProfileScaler:
    """What turns expression into z-scores, learnt from training samples and saved with the model.

    Parameters
    ----------
    genes
        Genes that vary among the training samples.
    scale
        Scale of the cohort.
    zeros
        `log1p`, or `published` for the natural logarithm with zeros mapped to 0, by which an expression of 0 equals
        one of 1.
    mean, deviation
        Of each gene's logarithm among the training samples.
    """

    genes: list[str]
    scale: Scale
    zeros: str
    mean: np.ndarray
    deviation: np.ndarray

    @classmethod
    def fit(cls, training: anndata.AnnData, zeros: str) -> Self:
        """Learn from training samples × genes.

        Raises
        ------
        InputError
            When no gene varies.
        """
        scale = scale_of(training)
        log = take_logarithm(np.asarray(training.X), scale, zeros)
        mean, deviation = log.mean(axis=0), log.std(axis=0)
        varying = deviation > 1e-6
        if not varying.any():
            raise InputError("No gene varies among the training samples, so there is nothing to learn from expression.")
        return cls(training.var_names[varying].tolist(), scale, zeros, mean[varying], deviation[varying])

    def transform(self, expression: pd.DataFrame) -> np.ndarray:
        """Turn expression on the cohort's scale, (samples, genes), into z-scores of `genes`, float32.

        A gene that is missing, or a value that is, counts as average: a z-score of 0.

        Raises
        ------
        InputError
            When more than half of the genes are missing.
        """
        _tell_missing(expression, self.genes)
        values = expression.reindex(columns=self.genes).to_numpy(dtype=np.float64)
        z = (take_logarithm(values, self.scale, self.zeros) - self.mean) / self.deviation
        return np.where(np.isnan(z), 0.0, z).astype(np.float32)

    def to_json(self) -> dict[str, Any]:
        """Give what `from_json` reads."""
        return {**asdict(self), "mean": self.mean.tolist(), "deviation": self.deviation.tolist()}

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> Self:
        """Read what `to_json` gave."""
        arrays = {name: np.array(content[name]) for name in ("mean", "deviation")}
        return cls(content["genes"], Scale(**content["scale"]), content["zeros"], **arrays)


def known_profiles(profiles: pd.DataFrame, cohort: anndata.AnnData, key: str) -> pd.DataFrame:
    """Give what a cohort's models can be told of new profiles, so that nothing is wrong with them after the training.

    Parameters
    ----------
    profiles
        (profiles, genes), values as in the file, NaN where one is missing.
    cohort
        The cohort, samples × genes.
    key
        The setting that names the file, for errors.

    Returns
    -------
    DataFrame
        (profiles, genes of the cohort that they have).

    Raises
    ------
    InputError
        When more than half of the cohort's genes are missing, or a value is none of the cohort's scale.
    """
    genes, scale = cohort.var_names.tolist(), scale_of(cohort)
    _tell_missing(profiles, genes, f"{key}: ")
    profiles = profiles[profiles.columns.intersection(genes, sort=False)]
    wrong = (profiles < scale.minimum) | np.isinf(profiles)
    if wrong.any(axis=None):
        row, column = np.argwhere(wrong.to_numpy())[0]
        raise InputError(
            f"{key}: the profile {profiles.index[row]} has {profiles.iloc[row, column]:g} for the gene "
            f"{profiles.columns[column]}, and needs {scale.unit}, as the cohort has ({wrong.to_numpy().sum()} such "
            "values). Bring profiles to the scale of the cohort."
        )
    return profiles


def _tell_missing(expression: pd.DataFrame, genes: Sequence[str], where: str = "") -> None:
    """Name the genes that expression, (samples, genes), lacks, and refuse it when they are most."""
    missing = [gene for gene in genes if gene not in expression.columns]
    if len(missing) > MOST_MISSING * len(genes):
        found = f", such as {expression.columns[0]}" if expression.shape[1] else ""
        raise InputError(
            f"{where}{len(missing)} of the {len(genes)} genes of the cohort are missing, such as {missing[0]}; the "
            f"profile has {expression.shape[1]} genes{found}. Name genes as the cohort does."
        )
    if missing:
        named = ", ".join(missing[:10]) + (", …" if len(missing) > 10 else "")
        logger.warning("%d of %d genes are missing and count as average: %s", len(missing), len(genes), named)


def take_logarithm(values: np.ndarray, scale: Scale, zeros: str) -> np.ndarray:
    """Take the logarithm of expression, missing values staying so.

    Parameters
    ----------
    values
        (samples, genes) on `scale`.
    scale
        Their scale.
    zeros
        As in `ProfileScaler`.
    """
    if zeros == "log1p":
        return scale.to_log(np.asarray(values, dtype=np.float64))
    linear = scale.to_linear(values)
    return np.log(linear, where=linear > 0, out=np.where(np.isnan(linear), np.nan, 0.0))


def expression_table(cohort: anndata.AnnData) -> pd.DataFrame:
    """Expression of a cohort as a table, samples × genes."""
    return pd.DataFrame(np.asarray(cohort.X), cohort.obs_names, cohort.var_names)
