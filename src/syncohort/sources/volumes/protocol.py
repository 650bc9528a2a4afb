"""What the subjects of an image wing have: modalities, labels, and whether a brain is told from its background."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from syncohort.sources.volumes.labels import LABELS, brats_coding
from syncohort.sources.volumes.subject import MODALITIES

TUMOUR = 1


@dataclass(frozen=True)
class ImagingProtocol:
    """What is read of every subject of a wing.

    Parameters
    ----------
    wing
        Name of the wing, which is also its key in a cohort file.
    modalities
        Every modality that a subject may have.
    labels
        Name of each label → its number.
    coding
        Tells the coding of a subject from the numbers in its label file: number found → number of `labels`.
    brain
        Whether images show a brain in a background of zeros, or have a brain mask.
    """

    wing: str
    modalities: tuple[str, ...]
    labels: Mapping[str, int]
    coding: Callable[[Iterable[int]], dict[int, int]]
    brain: bool

    @property
    def columns(self) -> list[str]:
        """Columns of the manifest."""
        return [
            *("subject_id", "patient_id", "status", "reason", *self.modalities, "label"),
            *(["brain_mask"] if self.brain else []),
            *("missing", "shape", "spacing", "orientation", "coding"),
            *(["brain"] if self.brain else []),
            *self.labels,
        ]


def _all_tumour(found: Iterable[int]) -> dict[int, int]:
    return {number: TUMOUR for number in found if number}


BRAIN_MRI = ImagingProtocol("mri", MODALITIES, LABELS, brats_coding, brain=True)
# One modality in Hounsfield units; every segment of a segmentation is tumour.
CHEST_CT = ImagingProtocol("nodule", ("ct",), {"tumour": TUMOUR}, _all_tumour, brain=False)
PROTOCOLS = {protocol.wing: protocol for protocol in (BRAIN_MRI, CHEST_CT)}
