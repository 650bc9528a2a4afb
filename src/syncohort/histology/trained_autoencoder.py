"""The trained autoencoder as a file: from expression to its code and back, the scaler included."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import anndata
import numpy as np
import pandas as pd
import torch
from safetensors.torch import load_file, save

from syncohort.core.io import read_json, write_bytes, write_json
from syncohort.core.splits import TEST, TRAIN, VALIDATION
from syncohort.histology.autoencoder import BetaVae, BetaVaeTask, make_network
from syncohort.histology.profiles import ProfileScaler, expression_table
from syncohort.sources.slides.matching import tissues_of
from syncohort.training.job import Job
from syncohort.training.trainer import Trained


@dataclass(frozen=True)
class TrainedAutoencoder:
    """The network with what is needed to use it.

    Parameters
    ----------
    weights
        Weights by name.
    settings
        The mapping `histology.autoencoder`.
    scaler
        From expression to z-scores.
    """

    weights: dict[str, torch.Tensor]
    settings: dict[str, Any]
    scaler: ProfileScaler

    def network(self) -> BetaVae:
        """Build the network with its weights, ready to use on the CPU."""
        network = make_network(len(self.scaler.genes), self.settings)
        network.load_state_dict({name: value.cpu() for name, value in self.weights.items()})
        return network.eval().requires_grad_(False)

    def encode(self, expression: pd.DataFrame) -> np.ndarray:
        """Mean of the code of every sample, (samples, dimensions) float32, of expression on the cohort's scale."""
        return self.network().encode(torch.from_numpy(self.scaler.transform(expression)))[0].numpy()

    def decode(self, code: np.ndarray) -> np.ndarray:
        """Z-scores (samples, genes) of codes."""
        return self.network().decode(torch.from_numpy(np.asarray(code, dtype=np.float32))).numpy()

    def save(self, weights_path: str | Path, description_path: str | Path, record: dict[str, Any]) -> None:
        """Write weights and description; `record` (provenance, course of the training) joins the latter."""
        write_bytes(save({name: value.cpu().contiguous() for name, value in self.weights.items()}), weights_path)
        write_json({"settings": self.settings, "scaler": self.scaler.to_json(), **record}, description_path)

    @classmethod
    def load(cls, weights_path: str | Path, description_path: str | Path) -> Self:
        """Read what `save` wrote."""
        description = read_json(description_path)
        return cls(load_file(weights_path), description["settings"], ProfileScaler.from_json(description["scaler"]))


def train_autoencoder(
    cohort: anndata.AnnData,
    roles: pd.Series,
    settings: dict[str, Any],
    data_sha256: str,
    job: Job,
) -> tuple[TrainedAutoencoder, Trained]:
    """Train the autoencoder on the training samples of a split, going on from its checkpoint if there is one.

    Parameters
    ----------
    cohort
        Samples × genes.
    roles
        (samples,) role of each; those of the test fold are not looked at, those of validation stop the training.
    settings
        The mapping `histology.autoencoder`.
    data_sha256
        Checksum of expression and splits.
    job
        Where and how it runs.

    Returns
    -------
    autoencoder
        The network at its best look.
    trained
        The course of the training.

    Raises
    ------
    InputError
        When no gene varies, training diverges, or another process trains in the folder.
    """
    device = job.device()
    of_role = {role: cohort[(roles == role).to_numpy()] for role in (TRAIN, VALIDATION)}
    scaler = ProfileScaler.fit(of_role[TRAIN], settings["zeros"])
    parts = [scaler.transform(expression_table(part)) for part in of_role.values()]
    task = BetaVaeTask(*parts, settings, job.seed, device)
    trained = job.run(task, job.schedule(settings), device, settings=settings, data_sha256=data_sha256)
    return TrainedAutoencoder(trained.weights, settings, scaler), trained


def embed_cohort(
    autoencoder: TrainedAutoencoder, cohort: anndata.AnnData, roles: pd.Series, tissue: str
) -> anndata.AnnData:
    """Encode every sample of a cohort, those held out too, which the autoencoder has not seen.

    Parameters
    ----------
    autoencoder
        The network of the split.
    cohort
        Samples × genes.
    roles
        (samples,) `train`, `validation` or `test`.
    tissue
        Column of the samples that tells their tissue.

    Returns
    -------
    AnnData
        `X` (samples, dimensions); `obs` as in the cohort, with `tissue` and `role`.

    Raises
    ------
    InputError
        When the samples have no such column.
    """
    obs = cohort.obs.assign(tissue=tissues_of(cohort.obs, tissue), role=roles.to_numpy())
    code = autoencoder.encode(expression_table(cohort))
    names = pd.DataFrame(index=[f"code_{number}" for number in range(1, code.shape[1] + 1)])
    return anndata.AnnData(code, obs=obs, var=names)


def training_codes(latents: anndata.AnnData) -> anndata.AnnData:
    """Give the codes that anything may be learnt from: those of training and validation samples."""
    return latents[(latents.obs["role"] != TEST).to_numpy()]
