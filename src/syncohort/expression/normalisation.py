"""Gene-wise z-scores of log expression, fitted on training samples, and the way back to the cohort's scale."""

from dataclasses import dataclass
from typing import Any

import anndata
import numpy as np
import pandas as pd

from syncohort.core.cohort import scale_of
from syncohort.core.errors import InputError
from syncohort.core.scale import Scale


@dataclass(frozen=True, eq=False)
class Scaler:
    """Standardisation of log expression, gene by gene (Viñas et al. 2021, section 2.2).

    Parameters
    ----------
    genes
        Gene symbols, the columns of every matrix given to `transform` and `inverse`.
    mean, standard_deviation
        (genes,) of log expression in the training samples, float64; the deviation has ddof 0.
    scale
        Scale of the values on the cohort's side.
    """

    genes: tuple[str, ...]
    mean: np.ndarray
    standard_deviation: np.ndarray
    scale: Scale

    @classmethod
    def fit(cls, values: np.ndarray, genes: list[str], scale: Scale) -> "Scaler":
        """Fit on (training samples, genes) values of `scale`.

        Raises
        ------
        InputError
            When a gene has one value in all samples, which cannot be standardised.
        """
        logs = scale.to_log(np.asarray(values, dtype=np.float64))
        constant = logs.max(axis=0) == logs.min(axis=0)
        if constant.any():
            raise InputError(
                f"{constant.sum()} of {len(genes)} genes have one value in all {len(logs)} training samples and "
                f"cannot be standardised, the first of them {genes[int(constant.argmax())]}. Leave them out of the "
                "selection."
            )
        return cls(tuple(genes), logs.mean(axis=0), logs.std(axis=0), scale)

    def to_json(self) -> dict[str, Any]:
        """Give the scaler, but for its genes, as plain values."""
        return {
            "scale": self.scale.name,
            "log2_offset": self.scale.log2_offset,
            "mean": self.mean.tolist(),
            "standard_deviation": self.standard_deviation.tolist(),
        }

    @classmethod
    def from_json(cls, genes: list[str], content: dict[str, Any]) -> "Scaler":
        """Restore a scaler given by `to_json`."""
        moments = (np.array(content[name]) for name in ("mean", "standard_deviation"))
        return cls(tuple(genes), *moments, Scale(content["scale"], content["log2_offset"]))

    def transform(self, values: np.ndarray) -> np.ndarray:
        """Map (samples, genes) values of the cohort's scale to z-scores, float32."""
        logs = self.scale.to_log(np.asarray(values, dtype=np.float64))
        return ((logs - self.mean) / self.standard_deviation).astype(np.float32)

    def inverse(self, standardised: np.ndarray) -> np.ndarray:
        """Map (samples, genes) z-scores to values of the cohort's scale, none below its minimum, float32."""
        logs = np.asarray(standardised, dtype=np.float64) * self.standard_deviation + self.mean
        return self.scale.from_log(logs).astype(np.float32)


def normalise(cohort: anndata.AnnData, genes: list[str], roles: pd.Series) -> anndata.AnnData:
    """Standardise the selected genes of the samples a model is fitted on.

    Parameters
    ----------
    cohort
        (samples, all genes) filtered samples with role `train` or `validation`.
    genes
        The selected genes, in the model's order.
    roles
        (samples,) role of each sample, in the cohort's order.

    Returns
    -------
    AnnData
        (samples, selected genes) z-scores, float32; `obs` also has `role`, `var` has `mean` and
        `standard_deviation` of log expression, `uns` the cohort's `scale` and `log2_offset`.

    Raises
    ------
    InputError
        When a gene has one value in all samples.
    """
    chosen, scale = cohort[:, genes], scale_of(cohort)
    scaler = Scaler.fit(chosen.X, genes, scale)
    return anndata.AnnData(
        X=scaler.transform(chosen.X),
        obs=chosen.obs.assign(role=np.asarray(roles, dtype=object)),
        var=chosen.var.assign(mean=scaler.mean, standard_deviation=scaler.standard_deviation),
        uns={"scale": scale.name, "log2_offset": scale.log2_offset},
    )


def scaler_of(normalised: anndata.AnnData) -> Scaler:
    """Scaler that a cohort of `normalise` was made with."""
    return Scaler(
        tuple(normalised.var_names),
        normalised.var["mean"].to_numpy(dtype=np.float64),
        normalised.var["standard_deviation"].to_numpy(dtype=np.float64),
        scale_of(normalised),
    )
