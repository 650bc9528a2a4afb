"""Fit a training to the memory of the card: what a step needs is calculated, and width and way are chosen by it."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import torch

from syncohort.core.errors import InputError
from syncohort.mri.batch import Batch
from syncohort.mri.generator_network import Pix2PixSettings
from syncohort.mri.pix2pix import CPU, Pix2Pix
from syncohort.mri.semantic_label import condition_channels
from syncohort.training.footprint import footprint

logger = logging.getLogger("syncohort")

# A card needs more than its live tensors: workspace of convolutions and fragmentation, and about 1 GB for its context.
SHARE_ON_TOP, CONTEXT = 1.4, 1.0
AUTO = "auto"
# Tried in this order where the settings leave the width open.
WIDTHS = (64, 48, 32, 24, 16)


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
    """Decide on `width` and `lean` where the settings leave them open, and log what was found.

    The greatest width that fits counts more than the faster way.

    Parameters
    ----------
    settings
        Settings of the model, `width` possibly None and `lean` possibly `auto`.
    modalities, shape, tissue_classes
        Of the subjects; the shape is (z, y, x).
    gigabytes
        Memory of the card; None on a CPU, where the greatest width and the faster way are taken.

    Raises
    ------
    InputError
        When nothing that the settings leave open fits on the card.
    """
    widths = WIDTHS if settings.width is None else (settings.width,)
    ways = (False, True) if settings.lean == AUTO else (settings.lean,)
    choices = [replace(settings, width=width, lean=lean) for width in widths for lean in ways]
    if gigabytes is None or len(choices) == 1:
        return choices[0]
    tried = []
    for choice in choices:
        needed = needed_gigabytes(choice, modalities, shape, tissue_classes)
        tried.append(f"{needed:.1f} GB with a width of {choice.width}{' the lean way' if choice.lean else ''}")
        if needed <= gigabytes:
            logger.info(
                "The card has %.1f GB. The training needs about %s: taking the last.", gigabytes, ", ".join(tried)
            )
            return choice
    smaller = "" if settings.width is None else "the model's width, or "
    raise InputError(
        f"The card has {gigabytes:.1f} GB, and the training needs about {tried[-1]}. Lower {smaller}mri.prepare.shape "
        "with a larger mri.prepare.spacing, or ask for a larger card."
    )
