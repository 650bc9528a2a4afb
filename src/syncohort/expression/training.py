"""Train the conditional generator of one split on its normalised samples."""

from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import anndata
import numpy as np
import pandas as pd
import torch

import syncohort
from syncohort.core.splits import TRAIN, VALIDATION
from syncohort.expression.covariates import CovariateEncoder
from syncohort.expression.generator import TrainedGenerator, draw, encode_conditions
from syncohort.expression.normalisation import scaler_of
from syncohort.expression.wgan_gp import Generator, WganGp, WganGpSettings
from syncohort.realism.energy import energy_distance
from syncohort.realism.gene_correlation import distance_preservation, varying_genes
from syncohort.training.checkpoint import Checkpoint, fingerprint
from syncohort.training.device import choose_device
from syncohort.training.distributed import ProcessGroup
from syncohort.training.task import RandomStream
from syncohort.training.trainer import Schedule, Trained, Trainer

# Synthetic samples per validation sample: the monitor's own noise should be that of the few real samples alone.
MONITOR_DRAWS = 5
# Any of it may change a training's course, and starting afresh costs less than a model of two minds.
CODE = list(Path(syncohort.__file__).parent.rglob("*.py"))


def train_generator(
    normalised: anndata.AnnData,
    levels: dict[str, list[str]],
    numeric: list[str],
    settings: dict[str, Any],
    *,
    seed: int,
    threads: int,
    checkpoint_seconds: float,
    data_sha256: str,
    folder: Path,
    group: ProcessGroup,
) -> tuple[TrainedGenerator, Trained, Checkpoint]:
    """Train a conditional WGAN-GP, going on from the checkpoint in `folder` when it is of this very training.

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
    seed
        Seed of the training.
    threads
        CPU threads, of all processes together.
    checkpoint_seconds
        Least time between two checkpoints.
    data_sha256
        Checksum of the file `normalised` came from.
    folder
        Where the checkpoint lives.
    group
        Processes that train together; each gives the same result.

    Returns
    -------
    generator
        The generator at its best look.
    trained
        The course of the training.
    checkpoint
        To remove once the generator is saved.

    Raises
    ------
    InputError
        When training diverges, or another process trains in `folder` and does not hand over.
    """
    device = choose_device(threads, group)
    training = normalised[(normalised.obs["role"] == TRAIN).to_numpy()]
    validation = normalised[(normalised.obs["role"] == VALIDATION).to_numpy()]
    encoder = CovariateEncoder.fit(normalised.obs, levels, numeric)
    model = WganGpSettings(**{field.name: settings[field.name] for field in fields(WganGpSettings)})
    task = WganGp(
        torch.from_numpy(np.asarray(training.X, dtype=np.float32)),
        encode_conditions(encoder, training.obs),
        [len(names) for names in levels.values()],
        model,
        validation_distance(settings["monitor"], validation, encoder, seed, device),
        seed,
        device,
        group,
    )
    schedule = Schedule(
        settings["max_steps"],
        settings["validate_every"],
        settings["patience"],
        settings["smoothing"],
        checkpoint_seconds,
    )
    machine = {"device": device.type, "threads": threads, "processes": group.size}
    identity = {**settings, "seed": seed, "covariates": encoder.to_json(), **machine}
    checkpoint = Checkpoint(folder, fingerprint(identity, data_sha256, CODE))
    trained = Trainer(task, schedule, checkpoint, device, group).fit()
    generator = TrainedGenerator(trained.weights, model, list(normalised.var_names), encoder, scaler_of(normalised))
    return generator, trained, checkpoint


def validation_distance(
    monitor: str, validation: anndata.AnnData, encoder: CovariateEncoder, seed: int, device: torch.device
) -> Callable[[Generator], float]:
    """Give the function that measures a generator against the validation samples, with the same noise at every look.

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
        Device of the generator.
    """
    real = np.asarray(validation.X, dtype=np.float64)
    conditions = encode_conditions(encoder, pd.concat([validation.obs] * MONITOR_DRAWS)).to(device)

    def distance(generator: Generator) -> float:
        synthetic = draw(generator, conditions, RandomStream(seed, device)).astype(np.float64)
        if monitor == "gamma":
            varying = varying_genes(real)
            return 1 - distance_preservation(real[:, varying], synthetic[:, varying])
        return energy_distance(real, synthetic)

    return distance
