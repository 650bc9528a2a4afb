"""Fit a training to the memory of the card: what a step needs is calculated, and the lean way taken where it must."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import torch

from syncohort.core.errors import InputError
from syncohort.mri.generator_network import Pix2PixSettings
from syncohort.mri.pix2pix import CPU, Batch, Pix2Pix
from syncohort.mri.semantic_label import condition_channels
from syncohort.training.footprint import footprint

logger = logging.getLogger("syncohort")

# A card needs more than its live tensors: workspace of convolutions and fragmentation, and about 1 GB for its context.
SHARE_ON_TOP, CONTEXT = 1.4, 1.0
AUTO = "auto"


def empty_step(
    settings: Pix2PixSettings, modalities: int, shape: Sequence[int], tissue_classes: int, device: torch.device = CPU
) -> Callable[[], Callable[[], Any]]:
    """Give the function that makes networks, an empty batch and a step of it, to be measured.

    Parameters
    ----------
    settings
        Settings of the model.
    modalities, shape, tissue_classes
        Of the subjects; the shape is (z, y, x).
    device
        Device of the step.
    """

    def prepare() -> Callable[[], Any]:
        images = torch.empty(modalities, *shape, device="meta")
        subject = SimpleNamespace(images=images, description={"tissue_classes": tissue_classes})
        task = Pix2Pix([subject, subject], settings, lambda generator: 0.0, 0, device)
        label = torch.zeros(1, condition_channels(settings.condition, tissue_classes), *shape, device=device)
        brain = torch.ones(1, 1, *shape, device=device) > 0
        images = torch.zeros(1, modalities, *shape, device=device)
        batch = Batch(images, label, label, brain, brain[0, 0].long(), settings.matched_share > 0)
        task.draw = lambda: batch
        return task.step

    return prepare


def needed_gigabytes(settings: Pix2PixSettings, modalities: int, shape: Sequence[int], tissue_classes: int) -> float:
    """Estimate the memory of a card that a training needs, in GB; the arguments are those of `empty_step`."""
    live = footprint(empty_step(settings, modalities, shape, tissue_classes)).peak_bytes / 1e9
    return live * SHARE_ON_TOP + CONTEXT


def fit_to_memory(
    settings: Pix2PixSettings,
    modalities: int,
    shape: Sequence[int],
    tissue_classes: int,
    *,
    gigabytes: float | None,
) -> Pix2PixSettings:
    """Decide on `lean` where the settings leave it open, and log what was found.

    Parameters
    ----------
    settings
        Settings of the model, `lean` possibly `auto`.
    modalities, shape, tissue_classes
        Of the subjects; the shape is (z, y, x).
    gigabytes
        Memory of the card; None on a CPU, where keeping everything is faster.

    Raises
    ------
    InputError
        When even the lean training does not fit on the card.
    """
    if settings.lean != AUTO:
        return settings
    if gigabytes is None:
        return replace(settings, lean=False)
    needed = {
        lean: needed_gigabytes(replace(settings, lean=lean), modalities, shape, tissue_classes)
        for lean in (False, True)
    }
    if needed[True] > gigabytes:
        raise InputError(
            f"The card has {gigabytes:.1f} GB, and the training needs about {needed[True]:.1f} GB at least. Lower the "
            "model's width, or mri.prepare.shape with a larger mri.prepare.spacing, or ask for a larger card."
        )
    lean = needed[False] > gigabytes
    logger.info(
        "The card has %.1f GB. The training needs about %.1f GB, or %.1f GB lean: taking the %s way.",
        gigabytes, needed[False], needed[True], "lean" if lean else "plain",
    )  # fmt: skip
    return replace(settings, lean=lean)
