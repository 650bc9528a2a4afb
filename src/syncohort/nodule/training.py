"""Train the generator of one split on the slices and genes of its patients."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd
import torch

from syncohort.core.errors import InputError
from syncohort.core.splits import TRAIN, VALIDATION
from syncohort.nodule.gan import RadiogenomicGan
from syncohort.nodule.gan_settings import GanSettings
from syncohort.nodule.generator_network import GeneGenerator
from syncohort.nodule.genes import GeneScale, paired_profiles
from syncohort.nodule.losses import background_loss
from syncohort.nodule.material import Material
from syncohort.nodule.networks import NetworkSize
from syncohort.nodule.slices import Slices, require_nodules
from syncohort.nodule.soft_features import StandardFeatures, energy_score
from syncohort.nodule.trained_generator import TrainedGenerator
from syncohort.training.job import Job
from syncohort.training.task import RandomStream
from syncohort.training.trainer import Trained

# Pairs of draws that a look compares; an error of the background counts so much beside the features' score.
VALIDATION_ROWS, BACKGROUND_SHARE = 128, 10.0
# A mismatched pair is of two patients.
FEWEST = {TRAIN: 2, VALIDATION: 1}


def train_generator(
    slices: dict[str, Slices],
    expression: pd.DataFrame | None,
    settings: dict[str, Any],
    data_sha256: str,
    job: Job,
) -> tuple[TrainedGenerator, Trained]:
    """Train a radiogenomic GAN, going on from the checkpoint in the job's folder when it is of this very training.

    Parameters
    ----------
    slices
        The slices of a split by role; those of the test fold are not looked at.
    expression
        (patients, genes) log expression; None where the generator is told no genes.
    settings
        Effective settings of the model, as in the configuration.
    data_sha256
        Checksum of slices, splits and expression.
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
        When training diverges, a part has no nodule or no expression, or another process trains in the folder.
    """
    device = job.device()
    material, scale = {}, None
    for role in (TRAIN, VALIDATION):
        patients = np.unique(require_nodules(slices[role], role).patients).tolist()
        if len(patients) < FEWEST[role]:
            raise InputError(f"{len(patients)} {role} patient has CT, and {FEWEST[role]} are needed. Add patients.")
        genes = np.zeros((len(patients), 0), np.float32)
        if expression is not None:
            profiles = paired_profiles(np.array(patients), expression, role, FEWEST[role])
            scale = scale or _fit_scale(profiles, settings)
            patients, genes = profiles.index.tolist(), scale.apply(profiles)
        material[role] = Material(slices[role], patients, genes, device)
    size = network_size(settings, len(scale.genes) if scale else 0, slices[TRAIN].side)
    gan = GanSettings.of(settings, device)
    distance = validation_distance(material[TRAIN], material[VALIDATION], size.noise, job.seed, device)
    task = RadiogenomicGan(material[TRAIN], size, gan, distance, job.seed, device)
    decisive = {**settings, **asdict(gan)}
    trained = job.run(task, job.schedule(settings), device, settings=decisive, data_sha256=data_sha256)
    return TrainedGenerator(trained.weights, size, scale, slices[TRAIN].pixel_mm), trained


def _fit_scale(profiles: pd.DataFrame, settings: dict[str, Any]) -> GeneScale:
    """Take the scale of training patients as the settings of a model want it."""
    return GeneScale.fit(
        profiles, settings["most_variable_genes"], settings["gene_scaling"], settings["gene_components"]
    )


def network_size(settings: dict[str, Any], genes: int, side: int) -> NetworkSize:
    """Take the size of the networks from the settings of a model."""
    return NetworkSize(genes, side, *(settings[key] for key in ("width", "code", "noise", "composite", "fusion")))


def validation_distance(
    training: Material, validation: Material, noise_size: int, seed: int, device: torch.device
) -> Callable[[GeneGenerator], float]:
    """Give the function that measures a generator on validation patients, always on the same backgrounds and noise.

    The distance is the energy score of the nodules' features, in standard deviations of the training nodules, and
    10 times the mean absolute difference of the backgrounds.
    """
    stream = RandomStream(seed, device)
    batch = validation.draw(VALIDATION_ROWS, stream)
    features = StandardFeatures(training.images, training.masks)
    aim = features.pairs(batch.image, (batch.mask + 1) / 2)
    noise = stream.normal(VALIDATION_ROWS, noise_size)

    @torch.no_grad()
    def distance(networks: GeneGenerator) -> float:
        made = networks(batch.genes, noise, batch.background)
        score = energy_score(features.pairs(made.image, made.share), aim)
        return float(score + BACKGROUND_SHARE * background_loss(made.image, batch.background, made.mask))

    return distance
