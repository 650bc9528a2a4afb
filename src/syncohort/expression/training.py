"""Train the network of one split's generator on its normalised samples."""

from pathlib import Path
from typing import Any

import anndata
import numpy as np
import pandas as pd
import torch

from syncohort.core.kinds import load_kind
from syncohort.core.splits import TRAIN, VALIDATION
from syncohort.expression.covariates import CovariateEncoder
from syncohort.expression.generator import WING, FittedGenerator
from syncohort.expression.networks import ConditionTensors, Distance, Network, draw
from syncohort.expression.normalisation import scaler_of
from syncohort.realism.energy import energy_distance
from syncohort.realism.gene_correlation import distance_preservation, varying_genes
from syncohort.training.job import Job
from syncohort.training.task import RandomStream
from syncohort.training.trainer import Trained

# Synthetic samples per validation sample: the monitor's own noise should be that of the few real samples alone.
MONITOR_DRAWS = 5


def train_generator(
    normalised: anndata.AnnData,
    levels: dict[str, list[str]],
    numeric: list[str],
    settings: dict[str, Any],
    data_sha256: str,
    job: Job,
) -> tuple[FittedGenerator, Trained]:
    """Train a generator's network, going on from the checkpoint in the job's folder when it is of this very training.

    Parameters
    ----------
    normalised
        Training and validation samples × genes, z-scored, `obs` with `role` and the covariates.
    levels
        Categorical covariate → levels in the whole cohort.
    numeric
        Numeric covariates.
    settings
        Effective settings of the model, as in the configuration.
    data_sha256
        Checksum of the file `normalised` came from.
    job
        Where and how it runs.

    Returns
    -------
    generator
        The generator at its best look.
    trained
        The course of the training.

    Raises
    ------
    InputError
        When training diverges, or another process trains in the folder and does not hand over.
    """
    device = job.device()
    training = normalised[(normalised.obs["role"] == TRAIN).to_numpy()]
    validation = normalised[(normalised.obs["role"] == VALIDATION).to_numpy()]
    encoder = CovariateEncoder.fit(normalised.obs, levels, numeric)
    kind = load_kind(settings["kind"], WING)
    given, everything = (
        (np.asarray(part.X, dtype=np.float32), encoder.encode(part.obs), settings, job.seed)
        for part in (training, normalised)
    )
    # An estimate, where the kind makes one, is quickly made again and so in no checkpoint.
    fitted = kind.fit(*given) if hasattr(kind, "fit") else {}
    distance = validation_distance(settings["monitor"], validation, encoder, job.seed, device)
    task = kind.task(*given, device, distance, fitted, job.group)
    trained = job.run(
        task,
        job.schedule(settings),
        device,
        settings={**settings, "covariates": encoder.to_json()},
        data_sha256=data_sha256,
        code=[Path(kind.__file__)],
    )
    if hasattr(kind, "refit"):
        # With the training at its end, the validation samples have nothing to decide any more.
        fitted = kind.refit(fitted, *everything)
    weights = {**fitted, **{name: value.cpu().numpy() for name, value in trained.weights.items()}}
    generator = FittedGenerator(weights, settings, list(normalised.var_names), encoder, scaler_of(normalised))
    return generator, trained


def validation_distance(
    monitor: str, validation: anndata.AnnData, encoder: CovariateEncoder, seed: int, device: torch.device
) -> Distance:
    """Give the function that measures a network against the validation samples, with the same noise at every look.

    Parameters
    ----------
    monitor
        `energy` for the energy distance, `gamma` for 1 − γ of the gene-gene distances.
    validation
        Validation samples × genes, z-scored, with covariates.
    encoder
        Encoding of the covariates.
    seed
        Seed of the noise.
    device
        Device of the network.
    """
    real = np.asarray(validation.X, dtype=np.float64)
    conditions = ConditionTensors.of(encoder.encode(pd.concat([validation.obs] * MONITOR_DRAWS)), device)

    def distance(network: Network) -> float:
        synthetic = draw(network, conditions, RandomStream(seed, device)).astype(np.float64)
        if monitor == "gamma":
            varying = varying_genes(real)
            return 1 - distance_preservation(real[:, varying], synthetic[:, varying])
        return energy_distance(real, synthetic)

    return distance
