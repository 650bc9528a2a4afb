"""One step's tensors of a 3D pix2pix: a pair of subjects with its semantic labels encoded, on the device."""

from dataclasses import dataclass

import numpy as np
import torch

from syncohort.mri.painted import PaintedBase, classes_of
from syncohort.mri.pairs import Pair, tensor
from syncohort.mri.semantic_label import encode_label


@dataclass(frozen=True)
class Batch:
    """One step's tensors, a batch of one.

    Parameters
    ----------
    images
        (1, modalities, z, y, x) of the subject whose brain it is.
    own
        (1, channels, z, y, x) semantic label of that subject itself, under which its images are real.
    condition
        (1, channels, z, y, x) semantic label to generate from; `own` where they belong together.
    brain
        (1, 1, z, y, x) boolean.
    classes
        (z, y, x) classes of `own`.
    appearance
        (features,) of the images where they should come of `condition` and its base is painted.
    matched
        Whether `images` are what should come of `condition`.
    """

    images: torch.Tensor
    own: torch.Tensor
    condition: torch.Tensor
    brain: torch.Tensor
    classes: torch.Tensor
    matched: bool
    appearance: torch.Tensor | None = None


def make_batch(
    pair: Pair, matched: bool, condition: str, device: torch.device, base: PaintedBase | None = None
) -> Batch:
    """Encode a pair and bring it to a device."""
    subject = pair.brain
    tissue_classes = subject.description["tissue_classes"]
    tissue = subject.tissue
    own = tensor(encode_label(subject.label, tissue, condition, tissue_classes), device)
    return Batch(
        images=tensor(subject.images, device),
        own=own,
        condition=own if matched else tensor(encode_label(pair.tumour, tissue, condition, tissue_classes), device),
        brain=tensor((tissue > 0)[None], device) > 0,
        classes=torch.from_numpy(classes_of(subject).astype(np.int64)).to(device),
        matched=matched,
        appearance=torch.from_numpy(base.appearance(subject).astype(np.float32)).to(device)
        if matched and base
        else None,
    )
