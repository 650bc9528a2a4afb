"""What one subject's files hold, and whether they fit each other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import nibabel
import numpy as np
from scipy.ndimage import binary_fill_holes

from syncohort.core.errors import InputError
from syncohort.sources.volumes.labels import LABELS, check_labels, harmonise
from syncohort.sources.volumes.nifti import read_volume, shape_text
from syncohort.sources.volumes.protocol import BRAIN_MRI, ImagingProtocol
from syncohort.sources.volumes.reading import read_image, read_label
from syncohort.sources.volumes.subject import SubjectFiles, Volume

# Corners of the volume may differ by this much between files that say they are aligned.
ALIGNED_MM = 0.1
# A mask of 0.99999997 is one, and so is one of 255.
MASK_THRESHOLD = 0.5


@dataclass(frozen=True)
class Subject:
    """A subject's volumes on one grid.

    Parameters
    ----------
    images
        Modality → (x, y, z) float32.
    label
        (x, y, z) uint8 in Syncohort's coding.
    brain
        (x, y, z) boolean; None where the protocol has no brain.
    affine
        (4, 4) from voxels to millimetres.
    coding
        Number in the label file → number in Syncohort's coding.
    """

    images: dict[str, np.ndarray]
    label: np.ndarray
    brain: np.ndarray | None
    affine: np.ndarray
    coding: dict[int, int]

    @property
    def spacing(self) -> tuple[float, ...]:
        """Millimetres from voxel to voxel along each axis."""
        return tuple(float(length) for length in nibabel.affines.voxel_sizes(self.affine))

    @property
    def orientation(self) -> str:
        """Directions in which the axes run, as in RAS."""
        return "".join(nibabel.aff2axcodes(self.affine))


def read_subject(files: SubjectFiles, modalities: Sequence[str], protocol: ImagingProtocol = BRAIN_MRI) -> Subject:
    """Read a subject and check that it can be used.

    Parameters
    ----------
    files
        Where its volumes are.
    modalities
        Modalities to read, all of which it must have.
    protocol
        What the subjects of the wing have.

    Raises
    ------
    InputError
        When a file is missing, damaged or off the others' grid, the labels are unknown, there is no tumour, or the
        brain cannot be told from the background. The sentence has no full stop: the caller says how to go on.
    """
    absent = [modality for modality in modalities if modality not in files.images]
    if absent or files.label is None:
        raise InputError(f"it has no file for {', '.join([*absent, *(['label'] if files.label is None else [])])}")
    key, images, affine = f"{protocol.wing}.source", {}, None
    for modality in modalities:
        images[modality], found = read_image(files.images[modality], key)
        reference = images[modalities[0]]
        affine = found if affine is None else affine
        _check_grid(files.images[modality], images[modality], found, files.images[modalities[0]], reference, affine)
    numbers, found = read_label(files.label, reference.shape, affine, key)
    _check_grid(files.label, numbers, found, files.images[modalities[0]], reference, affine)
    present = np.unique(numbers).tolist()
    coding = files.coding or protocol.coding(present)
    check_labels(present, coding, protocol.wing)
    label = harmonise(numbers, coding)
    if not label.any():
        raise InputError(f"its label file {files.label} has no tumour, only {', '.join(map(str, present))}")
    brain = _brain(files, images, reference, affine) if protocol.brain else None
    if protocol.brain and not label[brain].any():
        raise InputError("its tumour lies wholly outside its brain; the labels may belong to another subject")
    return Subject(images, label, brain, affine, coding)


def _check_grid(
    volume: Volume, values: np.ndarray, affine: np.ndarray, first: Volume, reference: np.ndarray, expected: np.ndarray
) -> None:
    """Stop when two volumes of a subject are not on one grid."""
    if values.shape != reference.shape:
        raise InputError(
            f"{volume} has the shape {shape_text(values.shape)}, and {first} has {shape_text(reference.shape)}; all "
            "volumes of a subject must be on one grid"
        )
    corners = np.array(np.meshgrid(*[(0, size - 1) for size in values.shape], [1])).reshape(4, -1)
    distance = np.linalg.norm(((affine - expected) @ corners)[:3], axis=0).max()
    if distance > ALIGNED_MM:
        raise InputError(
            f"the affines of {volume} and {first} put the same voxel up to {distance:.1f} mm apart; all volumes of a "
            "subject must be on one grid"
        )


def _brain(files: SubjectFiles, images: dict[str, np.ndarray], reference: np.ndarray, affine: np.ndarray) -> np.ndarray:
    """Find the brain: the mask where there is one, else where any modality is not zero."""
    if files.brain is not None:
        mask, found = read_volume(files.brain)
        _check_grid(files.brain, mask, found, next(iter(files.images.values())), reference, affine)
        brain = mask > MASK_THRESHOLD
        where = f"the brain mask {files.brain}"
    else:
        brain = binary_fill_holes(np.any([image != 0 for image in images.values()], axis=0))
        where = "what is not zero in its images"
    if not brain.any() or brain.all():
        everything = "everything" if brain.any() else "nothing"
        raise InputError(
            f"{where} is {everything}, so the brain cannot be told from the background; volumes must be skull-stripped "
            "with zeros around the brain, or have a mask (mri.source.folder.brain)"
        )
    return brain


def count_labels(label: np.ndarray, labels: Mapping[str, int] = LABELS) -> dict[str, int]:
    """Voxels of each label."""
    return {name: int(np.count_nonzero(label == number)) for name, number in labels.items()}
