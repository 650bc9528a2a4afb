"""One volume from whatever holds it: a NIfTI file, or a zip archive of DICOM files."""

import numpy as np

from syncohort.sources.volumes.dicom_segmentation import read_segmentation
from syncohort.sources.volumes.dicom_series import read_series
from syncohort.sources.volumes.nifti import read_labels, read_volume
from syncohort.sources.volumes.subject import Volume

SERIES = ".zip"


def read_image(volume: Volume, key: str) -> tuple[np.ndarray, np.ndarray]:
    """Read an image: (x, y, z) float32, and the affine to millimetres, as `read_volume` and `read_series`."""
    return read_series(volume.path, key) if volume.path.suffix == SERIES else read_volume(volume, key)


def read_label(volume: Volume, shape: tuple[int, ...], affine: np.ndarray, key: str) -> tuple[np.ndarray, np.ndarray]:
    """Read labels: (x, y, z) int16, and the affine.

    A DICOM segmentation holds single frames, which are put on the grid of the image, its `shape` and `affine`; a NIfTI
    file has a grid of its own.
    """
    if volume.path.suffix == SERIES:
        return read_segmentation(volume.path, shape, affine, key), affine
    return read_labels(volume, key)
