"""Invented CT series and tumour segmentations in DICOM, small, with what the real ones have that bites."""

import copy
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass

import highdicom
import numpy as np
import pydicom
from highdicom.sr.coding import CodedConcept
from pydicom.dataset import FileMetaDataset
from pydicom.sequence import Sequence as Items
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

CATEGORY = CodedConcept("49755003", "SCT", "Morphologically Abnormal Structure")
TYPE = CodedConcept("108369006", "SCT", "Neoplasm")
SCANNER = {
    "manufacturer": "Invented",
    "manufacturer_model_name": "3D Slicer segmentation result",
    "software_versions": "1",
    "device_serial_number": "1",
}


@dataclass(frozen=True)
class Scan:
    """A CT scan with a tumour, as it is stored.

    Parameters
    ----------
    patient
        Name of the patient.
    root
        Prefix of all unique identifiers.
    shape
        Columns, rows and slices.
    spacing
        Millimetres between columns, rows and slices.
    orientation
        Directions of a row and of a column (left, back, up).
    tumour
        Corners of the tumour's box, in (column, row, slice); None for a scan without.
    """

    patient: str
    root: str
    shape: tuple[int, int, int] = (24, 20, 10)
    spacing: tuple[float, float, float] = (0.75, 0.8, 2.5)
    orientation: tuple[float, ...] = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
    tumour: tuple[tuple[int, int, int], tuple[int, int, int]] | None = ((8, 6, 3), (13, 10, 7))

    def values(self) -> np.ndarray:
        """Give Hounsfield units, (columns, rows, slices): lung in a chest wall, a ramp along every axis, the tumour."""
        x, y, z = np.indices(self.shape)
        values = -850 + x + 2 * y + 3 * z
        values[:2] = values[-2:] = 40
        if self.tumour:
            values[self.mask()] = 35
        return values

    def mask(self) -> np.ndarray:
        """Where the tumour is, (columns, rows, slices)."""
        mask = np.zeros(self.shape, dtype=bool)
        low, high = self.tumour
        mask[low[0] : high[0], low[1] : high[1], low[2] : high[2]] = True
        return mask

    def images(self, series: str = "ct") -> list[pydicom.Dataset]:
        """Make the slices, from the lowest to the highest; numbered from the highest, as scanners number them."""
        normal = np.cross(self.orientation[:3], self.orientation[3:])
        values = self.values()
        return [
            _slice(self, series, place, values[:, :, place].T, np.array([-9.3, -8.1, -100.0]) + normal * step)
            for place, step in enumerate(np.arange(self.shape[2]) * self.spacing[2])
        ]

    def segmentation(self, images: Sequence[pydicom.Dataset], series: str = "seg") -> pydicom.Dataset:
        """Make a segmentation as highdicom writes it: only frames with tumour on them."""
        description = highdicom.seg.SegmentDescription(
            1, "Neoplasm", CATEGORY, TYPE, highdicom.seg.SegmentAlgorithmTypeValues.MANUAL
        )
        dataset = highdicom.seg.Segmentation(
            source_images=list(images),
            pixel_array=self.mask().T.astype(np.uint8),
            segmentation_type=highdicom.seg.SegmentationTypeValues.BINARY,
            segment_descriptions=[description],
            series_instance_uid=identity(self.root, series),
            series_number=1000,
            sop_instance_uid=identity(self.root, series, 1),
            instance_number=1,
            **SCANNER,
        )
        return dataset


def identity(root: str, *parts: str | int) -> str:
    """Make a unique identifier of a prefix and what it is for."""
    names = {"study": 1, "ct": 2, "seg": 3, "frame of reference": 4, "second ct": 5, "second seg": 6, "pt": 7}
    return ".".join([root, *(str(names.get(part, part)) for part in parts)])


def as_early_slicer(segmentation: pydicom.Dataset) -> pydicom.Dataset:
    """Change a segmentation to what early writers, such as 3D Slicer's first, have made of the standard.

    The segment stands with every frame, frames run downwards, and a series is named twice.
    """
    changed = copy.deepcopy(segmentation)
    shared, frames = changed.SharedFunctionalGroupsSequence[0], changed.PerFrameFunctionalGroupsSequence
    for frame in frames:
        frame.SegmentIdentificationSequence = copy.deepcopy(shared.SegmentIdentificationSequence)
    del shared.SegmentIdentificationSequence
    pixels = segmentation.pixel_array.reshape(-1, segmentation.Rows, segmentation.Columns)[::-1]
    changed.PerFrameFunctionalGroupsSequence = Items(reversed(frames))
    changed.PixelData = pydicom.pixels.pack_bits(pixels)
    changed.ReferencedSeriesSequence = Items([*changed.ReferencedSeriesSequence, changed.ReferencedSeriesSequence[0]])
    return changed


def packed(datasets: Sequence[pydicom.Dataset]) -> bytes:
    """Pack DICOM files as NBIA does: numbered, with the licence beside them."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("LICENSE", "Creative Commons Attribution 3.0 Unported License\n")
        for number, dataset in enumerate(datasets, start=1):
            file = io.BytesIO()
            dataset.save_as(file, enforce_file_format=True)
            archive.writestr(zipfile.ZipInfo(f"1-{number:03d}.dcm"), file.getvalue())
    return content.getvalue()


def _slice(scan: Scan, series: str, place: int, values: np.ndarray, position: np.ndarray) -> pydicom.Dataset:
    """Make a slice; stored values are 1024 above Hounsfield units."""
    dataset = pydicom.Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = CTImageStorage
    dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = identity(scan.root, series, place + 1)
    dataset.StudyInstanceUID = identity(scan.root, "study")
    dataset.SeriesInstanceUID = identity(scan.root, series)
    dataset.FrameOfReferenceUID = identity(scan.root, "frame of reference")
    dataset.PatientID, dataset.PatientName = scan.patient, f"{scan.patient}^"
    dataset.PatientBirthDate = dataset.PatientSex = dataset.StudyDate = dataset.StudyTime = ""
    dataset.AccessionNumber = dataset.StudyID = dataset.ReferringPhysicianName = ""
    dataset.Modality = "CT"
    dataset.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    dataset.SeriesNumber = 6
    dataset.InstanceNumber = scan.shape[2] - place
    dataset.ImageOrientationPatient = list(scan.orientation)
    dataset.ImagePositionPatient = [round(float(value), 3) for value in position]
    dataset.PixelSpacing = [scan.spacing[1], scan.spacing[0]]
    dataset.SliceThickness = scan.spacing[2]
    dataset.Rows, dataset.Columns = values.shape
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 16, 16, 15, 1
    dataset.RescaleIntercept, dataset.RescaleSlope = -1024, 1
    dataset.PixelPaddingValue = -2000
    stored = (values + 1024).astype(np.int16)
    # The corner is outside of what the scanner images.
    stored[0, 0] = -2000
    dataset.PixelData = stored.tobytes()
    return dataset
