"""Reading and writing NIfTI volumes: one clear sentence for what is damaged, equal bytes for equal volumes."""

import gzip
from pathlib import Path

import nibabel
import numpy as np
from nibabel.filebasedimages import ImageFileError

from syncohort.core.errors import InputError
from syncohort.core.io import write_bytes
from syncohort.sources.files import readable
from syncohort.sources.volumes.subject import Volume

# Labels pass at 0.001 above or below a whole number: some were written through a rounding header slope.
WHOLE = 1e-3


def read_volume(volume: Volume, key: str = "mri.source") -> tuple[np.ndarray, np.ndarray]:
    """Read one volume.

    Parameters
    ----------
    volume
        The file and, in a 4D file, the channel. A single slice is a volume of depth 1.
    key
        The setting that named it, for errors.

    Returns
    -------
    values
        (x, y, z) float32.
    affine
        (4, 4) from voxels to millimetres.

    Raises
    ------
    InputError
        When the file is missing, damaged, no NIfTI, has more or fewer dimensions, or holds NaN or infinity, or when its
        affine cannot be inverted.
    """
    path = volume.path
    try:
        with readable(path, key):
            image = nibabel.load(path)
            values = np.asarray(image.dataobj if volume.channel is None else _channel(image, volume), dtype=np.float32)
    except ImageFileError as error:
        raise InputError(f"{key}: {path} is no NIfTI file, or a damaged one; fetch it again") from error
    while values.ndim > 3 and values.shape[-1] == 1:
        values = values[..., 0]
    if values.ndim == 2:
        values = values[..., None]
    if values.ndim != 3:
        raise InputError(
            f"{path} has {values.ndim} dimensions, {_times(values.shape)}, and one volume has 3. Split it into a file "
            "per modality, or read an MSD folder with mri.source.msd"
        )
    if not np.isfinite(values).all():
        raise InputError(f"{path} holds {np.count_nonzero(~np.isfinite(values))} voxels that are NaN or infinite")
    affine = np.asarray(image.affine, dtype=np.float64)
    if not np.isfinite(affine).all() or np.linalg.matrix_rank(affine) < 4:
        raise InputError(f"{path} has an affine that tells no place in millimetres for its voxels; mend its header")
    return values, affine


def _channel(image: nibabel.Nifti1Image, volume: Volume) -> np.ndarray:
    if len(image.shape) != 4 or image.shape[3] <= volume.channel:
        raise InputError(
            f"{volume.path} has the shape {_times(image.shape)}, and its dataset.json promises 4 dimensions and a "
            f"channel {volume.channel}"
        )
    return image.dataobj[..., volume.channel]


def read_labels(volume: Volume, key: str = "mri.source") -> tuple[np.ndarray, np.ndarray]:
    """Read tumour labels as they stand: (x, y, z) int16, and the affine.

    Raises
    ------
    InputError
        As `read_volume`, and when a value is no whole number.
    """
    values, affine = read_volume(volume, key)
    whole = np.rint(values)
    if np.abs(values - whole).max() > WHOLE:
        raise InputError(f"{volume.path} should hold labels, and holds values such as {values[values != whole][0]:g}")
    return whole.astype(np.int16), affine


def write_volume(values: np.ndarray, affine: np.ndarray, path: str | Path) -> None:
    """Write (x, y, z) values as .nii.gz in their own type, millimetres, sform and qform alike."""
    image = nibabel.Nifti1Image(np.ascontiguousarray(values), affine)
    image.set_sform(affine, code=1)
    image.set_qform(affine, code=1)
    image.header.set_xyzt_units("mm")
    # Level 1 costs 3 % of size and halves the time; no time of day, so that equal volumes give equal bytes.
    write_bytes(gzip.compress(image.to_bytes(), compresslevel=1, mtime=0), path)


def shape_text(shape: tuple[int, ...]) -> str:
    """Give a shape as in `240×240×155`."""
    return _times(shape)


def _times(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape))
