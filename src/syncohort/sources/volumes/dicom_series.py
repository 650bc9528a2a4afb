"""A CT series in a zip archive of DICOM files: slices in order of their places, values in Hounsfield units."""

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pydicom
from pydicom.errors import InvalidDicomError
from pydicom.pixels import apply_rescale

from syncohort.core.errors import InputError
from syncohort.sources.files import readable

# DICOM's axes run left, back and up, those of NIfTI right, front and up.
LPS_TO_RAS = np.diag([-1.0, -1.0, 1.0, 1.0])
AIR = -1024
# Positions are often rounded to a tenth of a millimetre: so much of a step may a slice be off its place.
UNEVEN = 0.25
# Cosines and millimetres that are written with few digits are equal within this.
EQUAL = 1e-3


def read_series(path: Path, key: str) -> tuple[np.ndarray, np.ndarray]:
    """Read a CT series.

    Parameters
    ----------
    path
        A zip archive with a DICOM file per slice, in any order; what is no DICOM file is passed over.
    key
        The setting that named it, for errors.

    Returns
    -------
    values
        (x, y, z) float32 in Hounsfield units; what the scanner did not image is air, -1024.
    affine
        (4, 4) from voxels to millimetres (right, front, up).

    Raises
    ------
    InputError
        When the archive is damaged or holds anything but one CT series, slices are missing, uneven, twice there, of
        several orientations or sizes, or the values cannot be told to be Hounsfield units. No full stop.
    """
    with readable_dicom(path, key):
        slices = list(read_instances(path))
        if len(slices) < 2:
            raise InputError(f"{path} has {len(slices)} DICOM images, and a volume needs at least 2")
        _check_alike(slices, path)
        slices, step = _in_order(slices, path)
        first = slices[0]
        # A slice is written in one piece: across, it would take minutes instead of seconds.
        values = np.empty((len(slices), first.Rows, first.Columns), dtype=np.float32)
        for place, image in enumerate(slices):
            values[place] = _hounsfield(image, path)
        affine = plane_affine(first.ImageOrientationPatient, first.PixelSpacing, first.ImagePositionPatient, step)
        return values.T, affine


@contextmanager
def readable_dicom(path: Path, key: str) -> Iterator[None]:
    """Turn the errors of reading a zip archive of DICOM files into one message, as `readable`."""
    with readable(path, key):
        try:
            yield
        except zipfile.BadZipFile as error:
            raise InputError(f"{key}: {path} is damaged: {error}. Delete it and download again") from error
        except (InvalidDicomError, AttributeError, IndexError, KeyError, ValueError, RuntimeError) as error:
            raise InputError(f"{key}: {path} is not the DICOM series that was expected: {error}") from error


def read_instances(path: Path, *, pixels: bool = True) -> Iterator[pydicom.Dataset]:
    """Read the DICOM files of an archive, without their pixels if only the headers are wanted."""
    with zipfile.ZipFile(path) as archive:
        for name in sorted(archive.namelist()):
            if name.lower().endswith(".dcm"):
                yield pydicom.dcmread(io.BytesIO(archive.read(name)), stop_before_pixels=not pixels)


def plane_affine(orientation: list[float], spacing: list[float], position: list[float], step: np.ndarray) -> np.ndarray:
    """Give the affine of an image plane, pixels by column and row, and the step to the next.

    See DICOM PS3.3, C.7.6.2.1.1: `orientation` has the directions of a row and of a column, `spacing` the distance
    between rows and that between columns, `position` the centre of the first pixel.

    Returns
    -------
    ndarray
        (4, 4) from (column, row, slice) to millimetres right, front and up.
    """
    affine = np.eye(4)
    affine[:3, 0] = np.array(orientation[:3], dtype=float) * float(spacing[1])
    affine[:3, 1] = np.array(orientation[3:], dtype=float) * float(spacing[0])
    affine[:3, 2] = step
    affine[:3, 3] = np.array(position, dtype=float)
    return LPS_TO_RAS @ affine


def _check_alike(slices: list[pydicom.Dataset], path: Path) -> None:
    """Stop when slices are not of one CT series, size and orientation."""
    first = slices[0]
    kinds = sorted({str(image.Modality) for image in slices})
    if kinds != ["CT"]:
        raise InputError(f"{path} has DICOM images of the modality {', '.join(kinds)}, and CT was expected")
    series = {str(image.SeriesInstanceUID) for image in slices}
    if len(series) > 1:
        raise InputError(f"{path} mixes {len(series)} series; keep the one that the segmentation was drawn on")
    for attribute, what in (
        ("ImageOrientationPatient", "orientations"),
        ("PixelSpacing", "pixel spacings"),
    ):
        expected = np.array(first[attribute].value, dtype=float)
        others = [image for image in slices if np.abs(np.array(image[attribute].value) - expected).max() > EQUAL]
        if others:
            raise InputError(
                f"{path} mixes {what}: {_numbers(first[attribute].value)} in {len(slices) - len(others)} slices and "
                f"{_numbers(others[0][attribute].value)} in another; a scout image or a second reconstruction may be "
                "among them"
            )
    sizes = {(int(image.Columns), int(image.Rows)) for image in slices}
    if len(sizes) > 1:
        raise InputError(f"{path} mixes slices of {' and '.join(f'{x}×{y}' for x, y in sorted(sizes))} pixels")


def _in_order(slices: list[pydicom.Dataset], path: Path) -> tuple[list[pydicom.Dataset], np.ndarray]:
    """Sort slices by place along their normal, and give the step in millimetres from each to the next."""
    orientation = np.array(slices[0].ImageOrientationPatient, dtype=float)
    positions = np.array([image.ImagePositionPatient for image in slices], dtype=float)
    heights = positions @ np.cross(orientation[:3], orientation[3:])
    order = np.argsort(heights, kind="stable")
    gaps = np.diff(heights[order])
    usual = float(np.median(gaps))
    if gaps.min() < EQUAL:
        raise InputError(f"{path} has two slices at {heights[order][gaps.argmin()]:.1f} mm; one of them must go")
    if gaps.max() > (2 - UNEVEN) * usual:
        gap = int(gaps.argmax())
        raise InputError(
            f"{path} lacks slices: its {len(slices)} are {usual:g} mm apart, but after that at "
            f"{heights[order][gap]:.1f} mm the next is at {heights[order][gap + 1]:.1f} mm; fetch the series again"
        )
    step = (positions[order[-1]] - positions[order[0]]) / (len(slices) - 1)
    even = positions[order[0]] + np.outer(np.arange(len(slices)), step)
    distance = np.linalg.norm(positions[order] - even, axis=1).max()
    if distance > UNEVEN * usual:
        raise InputError(
            f"{path} has slices at uneven distances, {gaps.min():g} to {gaps.max():g} mm; a volume needs equal ones"
        )
    return [slices[place] for place in order], step


def _hounsfield(image: pydicom.Dataset, path: Path) -> np.ndarray:
    """Give the values of a slice, (rows, columns)."""
    if "RescaleSlope" not in image or "RescaleIntercept" not in image:
        raise InputError(f"{path} has no rescale slope and intercept, so its values are not known in Hounsfield units")
    stored = image.pixel_array
    values = apply_rescale(stored, image)
    padding = image.get("PixelPaddingValue")
    return values if padding is None else np.where(stored == padding, AIR, values)


def _numbers(values: list[float]) -> str:
    return "\\".join(f"{float(value):g}" for value in values)
