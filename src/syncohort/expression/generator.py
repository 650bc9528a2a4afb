"""A fitted generator as files users can keep: safetensors for its arrays, JSON for everything else.

What a generator does with its arrays is in the file of its kind (docs/adding-a-generator.md), which is loaded here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anndata
import numpy as np
import pandas as pd
from safetensors.numpy import load_file, save

from syncohort.core.errors import InputError
from syncohort.core.io import read_json, write_bytes, write_json
from syncohort.core.kinds import load_kind
from syncohort.expression.covariates import CovariateEncoder
from syncohort.expression.normalisation import Scaler, scaler_of

WING = "expression"


@dataclass(frozen=True, eq=False)
class FittedGenerator:
    """A conditional generator with what is needed to use it.

    Parameters
    ----------
    weights
        Arrays by name, as its kind makes and reads them: the weights of networks, or what was estimated.
    settings
        Settings of the model, its `kind` among them.
    genes
        Gene symbols, in the order of the output.
    encoder
        Encoding of the covariates.
    scaler
        Normalisation of the samples it was fitted to.
    """

    weights: Mapping[str, np.ndarray]
    settings: Mapping[str, Any]
    genes: list[str]
    encoder: CovariateEncoder
    scaler: Scaler

    def sample(self, covariates: pd.DataFrame, seed: int) -> np.ndarray:
        """Draw one synthetic sample per row of covariates, on the CPU and on the scale of the real cohort.

        Parameters
        ----------
        covariates
            (samples, ·) with every covariate of the encoder.
        seed
            Seed of the noise.

        Returns
        -------
        numpy.ndarray
            (samples, genes) float32, never below what the scale allows.

        Raises
        ------
        InputError
            When a kind of the user's own gives something else than (samples, genes) finite numbers.
        """
        kind = self.settings["kind"]
        drawn = load_kind(kind, WING).sample(self.weights, self.encoder.encode(covariates), self.settings, seed)
        expected = (len(covariates), len(self.genes))
        if np.shape(drawn) != expected or not np.isfinite(drawn).all():
            raise InputError(
                f"The function sample of {kind} must give {expected[0]} × {expected[1]} finite numbers (samples × "
                f"genes), and gave {' × '.join(map(str, np.shape(drawn)))}, {np.sum(~np.isfinite(drawn)):,} of them "
                "not finite."
            )
        return self.scaler.inverse(drawn)

    def critic(self) -> Callable[[np.ndarray, pd.DataFrame], np.ndarray] | None:
        """Give the critic that the generator was trained against; None where its kind has none.

        It maps (samples, genes) z-scores and their covariates to (samples,) scores, the higher the more real.
        """
        criticise = getattr(load_kind(self.settings["kind"], WING), "criticise", None)
        if criticise is None:
            return None
        return lambda values, covariates: criticise(
            self.weights, values, self.encoder.encode(covariates), self.settings
        )

    def save(self, weights_path: str | Path, description_path: str | Path, record: dict[str, Any]) -> None:
        """Write arrays and description; `record` (provenance, course of a training) joins the latter."""
        arrays = {name: np.ascontiguousarray(value) for name, value in self.weights.items()}
        write_bytes(save(arrays), weights_path)
        description = {"settings": self.settings, "covariates": self.encoder.to_json(), **record}
        write_json({**description, "genes": self.genes, "scaler": self.scaler.to_json()}, description_path)

    @classmethod
    def load(cls, weights_path: str | Path, description_path: str | Path) -> "FittedGenerator":
        """Read a generator written by `save`."""
        description = read_json(description_path)
        return cls(
            weights=load_file(weights_path),
            settings=description["settings"],
            genes=description["genes"],
            encoder=CovariateEncoder.from_json(description["covariates"]),
            scaler=Scaler.from_json(description["genes"], description["scaler"]),
        )


def fit_generator(
    normalised: anndata.AnnData,
    levels: dict[str, list[str]],
    numeric: list[str],
    settings: dict[str, Any],
    *,
    seed: int,
) -> FittedGenerator:
    """Fit a generator that trains no network.

    Parameters
    ----------
    normalised
        Samples × genes, z-scored, `obs` with the covariates; those of the validation part too, since nothing is stopped
        by them.
    levels
        Categorical covariate → levels in the whole cohort.
    numeric
        Numeric covariates.
    settings
        Effective settings of the model, as in the configuration.
    seed
        Seed of the fit.
    """
    encoder = CovariateEncoder.fit(normalised.obs, levels, numeric)
    expression = np.asarray(normalised.X, dtype=np.float32)
    weights = load_kind(settings["kind"], WING).fit(expression, encoder.encode(normalised.obs), settings, seed)
    return FittedGenerator(weights, settings, list(normalised.var_names), encoder, scaler_of(normalised))
