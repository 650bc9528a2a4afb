"""A trained generator as a file users can keep: safetensors for the weights, JSON for everything else."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from safetensors.torch import load_file, save

from syncohort.core.io import read_json, write_bytes, write_json
from syncohort.expression.covariates import CovariateEncoder
from syncohort.expression.normalisation import Scaler
from syncohort.expression.wgan_gp import Conditions, Generator, WganGpSettings
from syncohort.training.task import RandomStream


@dataclass(frozen=True)
class TrainedGenerator:
    """A conditional generator with what is needed to use it.

    Parameters
    ----------
    weights
        Weights by name, those of the generator under `generator.`.
    settings
        Settings of the model.
    genes
        Gene symbols, in the order of the output.
    encoder
        Encoding of the covariates.
    scaler
        Normalisation of the samples it was trained on.
    """

    weights: dict[str, torch.Tensor]
    settings: WganGpSettings
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
        """
        levels = [len(names) for names in self.encoder.levels.values()]
        generator = Generator(len(self.genes), self.settings, levels, len(self.encoder.moments))
        generator.load_state_dict(
            {
                name.removeprefix("generator."): value
                for name, value in self.weights.items()
                if name.startswith("generator.")
            }
        )
        stream = RandomStream(seed, torch.device("cpu"))
        return self.scaler.inverse(draw(generator, encode_conditions(self.encoder, covariates), stream))

    def save(self, weights_path: str | Path, description_path: str | Path, record: dict[str, Any]) -> None:
        """Write weights and description; `record` (provenance, course of the training) joins the latter."""
        write_bytes(save({name: value.cpu().contiguous() for name, value in self.weights.items()}), weights_path)
        description = {"settings": asdict(self.settings), "covariates": self.encoder.to_json(), **record}
        write_json({**description, "genes": self.genes, "scaler": self.scaler.to_json()}, description_path)

    @classmethod
    def load(cls, weights_path: str | Path, description_path: str | Path) -> "TrainedGenerator":
        """Read a generator written by `save`."""
        description = read_json(description_path)
        return cls(
            weights=load_file(weights_path),
            settings=WganGpSettings(**description["settings"]),
            genes=description["genes"],
            encoder=CovariateEncoder.from_json(description["covariates"]),
            scaler=Scaler.from_json(description["genes"], description["scaler"]),
        )


def encode_conditions(encoder: CovariateEncoder, samples: pd.DataFrame) -> Conditions:
    """Encode the covariates of samples as tensors."""
    codes, numbers = encoder.encode(samples)
    return Conditions(torch.from_numpy(codes), torch.from_numpy(numbers))


@torch.no_grad()
def draw(generator: Generator, conditions: Conditions, stream: RandomStream) -> np.ndarray:
    """Draw one synthetic sample per condition: (samples, genes) float32."""
    return generator(conditions, stream).float().cpu().numpy()
