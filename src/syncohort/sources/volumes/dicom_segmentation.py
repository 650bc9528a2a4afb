"""A DICOM segmentation: which image series it was drawn on, and its segments on that series' grid."""

from pathlib import Path

import numpy as np
import pydicom

from syncohort.core.errors import InputError
from syncohort.sources.volumes.dicom_series import plane_affine, read_instances, readable_dicom

# So far, in voxels, may the pixels of a frame be off the voxels of the image.
OFF_GRID = 0.3
# Share by which lengths may differ that were written with few digits.
SAME_SIZE = 1e-2


def read_references(path: Path, key: str) -> list[str]:
    """Read which series a segmentation was drawn on.

    Returns
    -------
    list of str
        Series instance UIDs; empty when the segmentation does not say.

    Raises
    ------
    InputError
        When the archive is damaged or holds anything but one segmentation.
    """
    with readable_dicom(path, key):
        header = _segmentation(path, pixels=False)
        # The first versions of some writers name a series twice.
        return list(dict.fromkeys(str(item.SeriesInstanceUID) for item in header.get("ReferencedSeriesSequence", [])))


def read_segmentation(path: Path, shape: tuple[int, ...], affine: np.ndarray, key: str) -> np.ndarray:
    """Read the segments of a segmentation on the grid of an image.

    Every pixel is put where its frame's own position and orientation say, so frames may be in any order, mirrored, or
    only those with something on them.

    Parameters
    ----------
    path
        A zip archive with one DICOM segmentation.
    shape, affine
        Grid of the image.
    key
        The setting that named it, for errors.

    Returns
    -------
    ndarray
        (x, y, z) int16: the number of the segment, 0 outside all of them.

    Raises
    ------
    InputError
        When the archive is damaged, frames have no position, or they do not fit the grid. No full stop.
    """
    with readable_dicom(path, key):
        segmentation = _segmentation(path)
        pixels = segmentation.pixel_array.reshape(-1, segmentation.Rows, segmentation.Columns)
        if segmentation.SegmentationType == "FRACTIONAL":
            pixels = pixels > segmentation.MaximumFractionalValue / 2
        labels = np.zeros(shape, dtype=np.int16)
        to_voxels = np.linalg.inv(affine)
        for frame, number, plane in zip(pixels, *_geometry(segmentation, path, affine), strict=True):
            rows, columns = np.nonzero(frame)
            points = np.stack([columns, rows, np.zeros_like(rows), np.ones_like(rows)])
            exact = (to_voxels @ plane @ points)[:3]
            voxels = np.rint(exact).astype(int)
            _check_fit(exact, voxels, shape, path)
            labels[tuple(voxels)] = number
        return labels


def _segmentation(path: Path, *, pixels: bool = True) -> pydicom.Dataset:
    """Read the one segmentation of an archive."""
    found = list(read_instances(path, pixels=pixels))
    if len(found) != 1 or found[0].Modality != "SEG":
        kinds = ", ".join(sorted({str(one.Modality) for one in found})) or "none"
        raise InputError(f"{path} has {len(found)} DICOM files ({kinds}), and one segmentation was expected")
    return found[0]


def _geometry(segmentation: pydicom.Dataset, path: Path, affine: np.ndarray) -> tuple[list[int], list[np.ndarray]]:
    """Give the segment of each frame, and the affine of its plane."""
    numbers, planes = [], []
    for place in range(int(segmentation.NumberOfFrames)):
        identification = _group(segmentation, place, "SegmentIdentificationSequence", path)
        position = _group(segmentation, place, "PlanePositionSequence", path).ImagePositionPatient
        orientation = _group(segmentation, place, "PlaneOrientationSequence", path).ImageOrientationPatient
        spacing = _group(segmentation, place, "PixelMeasuresSequence", path).PixelSpacing
        _check_spacing(np.array(spacing, dtype=float), affine, path)
        numbers.append(int(identification.ReferencedSegmentNumber))
        planes.append(plane_affine(orientation, spacing, position, np.zeros(3)))
    return numbers, planes


def _group(segmentation: pydicom.Dataset, place: int, name: str, path: Path) -> pydicom.Dataset:
    """Find what holds for a frame: with the frame itself, or with all frames."""
    groups = (segmentation.PerFrameFunctionalGroupsSequence[place], segmentation.SharedFunctionalGroupsSequence[0])
    for group in groups:
        if name in group:
            return group[name][0]
    raise InputError(f"{path} has no {name} for its frame {place + 1}, so nobody knows where that is")


def _check_spacing(spacing: np.ndarray, affine: np.ndarray, path: Path) -> None:
    """Stop when pixels have another size than those of the image: some might fit by chance."""
    expected = np.linalg.norm(affine[:3, [1, 0]], axis=0)
    if np.abs(np.sort(spacing) / np.sort(expected) - 1).max() > SAME_SIZE:
        raise InputError(
            f"{path} has pixels of {spacing[1]:g}×{spacing[0]:g} mm and its image of {expected[1]:g}×{expected[0]:g} "
            "mm; a segmentation must be on the grid of its image"
        )


def _check_fit(exact: np.ndarray, voxels: np.ndarray, shape: tuple[int, ...], path: Path) -> None:
    """Stop when pixels lie between voxels, or outside the image."""
    outside = ((voxels < 0) | (voxels >= np.array(shape)[:, None])).any(axis=0).sum()
    if outside:
        raise InputError(f"{path} has {outside} pixels outside its image; it may belong to another series")
    off = np.abs(exact - voxels).max(initial=0)
    if off > OFF_GRID:
        raise InputError(
            f"{path} has frames {off:.2f} voxels off the grid of its image; it may belong to another series"
        )
