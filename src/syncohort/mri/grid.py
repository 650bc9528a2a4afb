"""The grid that a subject is prepared on: oriented alike, cropped around the brain or stretched, its affine kept."""

from dataclasses import dataclass
from typing import Any

import nibabel
import numpy as np
from scipy.ndimage import affine_transform

from syncohort.core.errors import InputError
from syncohort.sources.volumes.inspection import Subject
from syncohort.sources.volumes.nifti import shape_text

ORIENTATION = "RAS"


@dataclass(frozen=True)
class Grid:
    """Where the voxels of a prepared volume lie in the source, axis by axis: source = scale × prepared + offset.

    Parameters
    ----------
    shape
        Voxels of the prepared volume, (x, y, z).
    scale, offset
        Of each axis, in voxels of the source.
    affine
        (4, 4) from prepared voxels to millimetres.
    """

    shape: tuple[int, ...]
    scale: np.ndarray
    offset: np.ndarray
    affine: np.ndarray

    def resample(self, values: np.ndarray, order: int) -> np.ndarray:
        """Resample a volume of the source, 0 outside of it: `order` 0 takes the nearest voxel, 1 is linear."""
        return affine_transform(values, self.scale, self.offset, self.shape, order=order, mode="constant")


def fit_grid(subject: Subject, settings: dict[str, Any]) -> Grid:
    """Choose the grid of an oriented subject.

    Parameters
    ----------
    subject
        The subject, axes running right, front, up.
    settings
        The complete mapping `mri.prepare`: `fit`, `shape`, `spacing`, `drop_slices`.

    Raises
    ------
    InputError
        When nothing is left after dropping slices, or the brain does not fit into the box. No full stop.
    """
    shape, own = tuple(settings["shape"]), np.array(subject.label.shape)
    dropped = np.array([0, 0, settings["drop_slices"]])
    if (own <= 2 * dropped).any():
        raise InputError(
            f"it has {own[2]} slices, and mri.prepare.drop_slices takes {dropped[2]} from each end; lower it"
        )
    if settings["fit"] == "stretch":
        scale = (own - 2 * dropped) / shape
        # Centre to centre of the outer faces, as one resizes an image.
        offset = dropped + scale / 2 - 0.5
    else:
        spacing = np.array(subject.spacing)
        scale = np.array(settings["spacing"] or spacing) / spacing
        kept = subject.brain[:, :, dropped[2] : own[2] - dropped[2]]
        places = np.argwhere(kept) + dropped
        low, high = places.min(axis=0), places.max(axis=0)
        extent = np.ceil((high - low + 1) / scale).astype(int)
        if (extent > shape).any():
            raise InputError(
                f"its brain takes {shape_text(tuple(extent))} voxels, more than the box of {shape_text(shape)}; raise "
                "mri.prepare.shape, or mri.prepare.spacing for larger voxels"
            )
        offset = (low + high) / 2 - scale * (np.array(shape) - 1) / 2
        # Whole voxels where none is resized, so that intensities stay as they are.
        offset = np.where(scale == 1, np.floor(offset), offset)
    step = nibabel.affines.from_matvec(np.diag(scale), offset)
    return Grid(shape, scale, offset, subject.affine @ step)
