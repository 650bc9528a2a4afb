"""Train the generator of one split on its prepared subjects."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, fields
from typing import Any

import torch

from syncohort.core.splits import TRAIN, VALIDATION
from syncohort.mri.batch import Batch, make_batch
from syncohort.mri.generator_network import PAINTED, Generator, Pix2PixSettings
from syncohort.mri.losses import brain_distance, local_mean, texture_distance
from syncohort.mri.memory import fit_to_memory
from syncohort.mri.painted import PaintedBase, class_brightness
from syncohort.mri.pairs import Pair
from syncohort.mri.pix2pix import Pix2Pix
from syncohort.mri.preparation import PreparedSubject
from syncohort.mri.prepared_cohort import data_checksum
from syncohort.mri.semantic_label import classes_told_apart
from syncohort.mri.trained_generator import TrainedGenerator
from syncohort.sources.volumes.labels import LABELS
from syncohort.training.device import autocast, choose_precision, memory_gigabytes
from syncohort.training.job import Job
from syncohort.training.task import RandomStream
from syncohort.training.trainer import Trained

# A look should cost a small part of the steps between two of them.
MOST_VALIDATION_SUBJECTS = 16
# A flat image has a texture distance of about 1, an image of wrong brightness is off by some tenths.
TEXTURE_WEIGHT = 0.1


def train_generator(
    subjects: dict[str, list[PreparedSubject]],
    settings: dict[str, Any],
    job: Job,
) -> tuple[TrainedGenerator, Trained]:
    """Train a 3D pix2pix, going on from the checkpoint in the job's folder when it is of this very training.

    Parameters
    ----------
    subjects
        The prepared subjects of a split by their role; those of the test fold are not looked at.
    settings
        Effective settings of the model, as in the configuration.
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
        When training diverges, no tumour meets a brain, the card is too small, or another process trains in the folder.
    """
    device = job.device()
    training, validation = subjects[TRAIN], subjects[VALIDATION][:MOST_VALIDATION_SUBJECTS]
    description, volumes = training[0].description, training[0].images.shape
    model = fit_to_memory(
        pix2pix_settings(settings, device),
        volumes[0],
        volumes[1:],
        description["tissue_classes"],
        gigabytes=memory_gigabytes(device),
    )
    base = None
    if model.base == PAINTED:
        told_apart = classes_told_apart(model.condition, description["tissue_classes"])
        base = PaintedBase(class_brightness(training, told_apart), model.drift_waves)
    distance = validation_distance(validation, model, job.seed, device, base)
    trained = job.run(
        Pix2Pix(training, model, distance, job.seed, device, job.group, base),
        job.schedule(settings),
        device,
        settings={**settings, **asdict(model)},
        data_sha256=data_checksum(training, validation),
    )
    generator = TrainedGenerator(
        trained.weights,
        model,
        modalities=description["channels"][:-2],
        shape=list(volumes[1:]),
        tissue_classes=description["tissue_classes"],
    )
    return generator, trained


def pix2pix_settings(settings: dict[str, Any], device: torch.device) -> Pix2PixSettings:
    """Take the settings of the model from those of the configuration, and decide on the precision."""
    chosen = {field.name: settings[field.name] for field in fields(Pix2PixSettings)}
    chosen["precision"] = choose_precision(chosen["precision"], device)
    return Pix2PixSettings(**chosen)


def validation_distance(
    validation: Sequence[PreparedSubject],
    settings: Pix2PixSettings,
    seed: int,
    device: torch.device,
    base: PaintedBase | None = None,
) -> Callable[[Generator], float]:
    """Give the function that measures a generator on validation subjects with their own labels, always the same noise.

    The distance is the mean absolute difference of means of boxes in the brain, and a share of the distance of
    textures: the first alone is as small for a blurred image, which has no texture.
    """
    batches = [
        make_batch(Pair(one.label, one, one), True, settings.condition, torch.device("cpu"), base) for one in validation
    ]

    classes = validation[0].description["tissue_classes"] + len(LABELS)

    @torch.no_grad()
    def distance(generator: Generator) -> float:
        stream, total = RandomStream(seed, device), 0.0
        for batch in batches:
            here = Batch(
                *(value.to(device) if isinstance(value, torch.Tensor) else value for value in vars(batch).values())
            )
            with autocast(device, settings.precision):
                fake = generator(here.condition, here.brain, stream, here.appearance)
            total += float(brain_distance(local_mean(fake), local_mean(here.images), here.brain))
            total += TEXTURE_WEIGHT * float(texture_distance(fake, here.images, here.classes, classes))
        return total / len(batches)

    return distance
