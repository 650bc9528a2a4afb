"""Slides in the formats of scanners, made for the tests."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import JPEGBaseline8Bit, VLWholeSlideMicroscopyImageStorage, generate_uid

SIDE = 64


def write_level(image: np.ndarray, microns_per_pixel: float, path: Path, series: str) -> None:
    """Write a level of a slide as DICOM (VL Whole Slide Microscopy, JPEG tiles, TILED_FULL), as scanners do."""
    height, width = image.shape[:2]
    meta, level = FileMetaDataset(), Dataset()
    meta.MediaStorageSOPClassUID = level.SOPClassUID = VLWholeSlideMicroscopyImageStorage
    meta.MediaStorageSOPInstanceUID = level.SOPInstanceUID = generate_uid(entropy_srcs=[series, str(microns_per_pixel)])
    meta.TransferSyntaxUID = JPEGBaseline8Bit
    level.file_meta = meta
    level.StudyInstanceUID = level.SeriesInstanceUID = level.FrameOfReferenceUID = generate_uid(entropy_srcs=[series])
    level.Modality, level.ImageType = "SM", ["ORIGINAL", "PRIMARY", "VOLUME", "NONE"]
    level.SamplesPerPixel, level.PhotometricInterpretation, level.PlanarConfiguration = 3, "YBR_FULL_422", 0
    level.BitsAllocated = level.BitsStored = 8
    level.HighBit, level.PixelRepresentation = 7, 0
    level.Rows = level.Columns = SIDE
    level.TotalPixelMatrixRows, level.TotalPixelMatrixColumns = height, width
    level.TotalPixelMatrixFocalPlanes = level.NumberOfOpticalPaths = 1
    level.DimensionOrganizationType = "TILED_FULL"
    shared, measures = Dataset(), Dataset()
    measures.PixelSpacing, measures.SliceThickness = [microns_per_pixel / 1000] * 2, 0.001
    shared.PixelMeasuresSequence = [measures]
    level.SharedFunctionalGroupsSequence = [shared]
    padded = np.pad(image, ((0, -height % SIDE), (0, -width % SIDE), (0, 0)), constant_values=255)
    frames = []
    for y in range(0, height, SIDE):
        for x in range(0, width, SIDE):
            content = io.BytesIO()
            Image.fromarray(padded[y : y + SIDE, x : x + SIDE]).save(content, "JPEG", quality=95)
            frames.append(content.getvalue())
    level.NumberOfFrames, level.PixelData = len(frames), encapsulate(frames)
    level["PixelData"].is_undefined_length = True
    path.parent.mkdir(parents=True, exist_ok=True)
    level.save_as(path, enforce_file_format=True)


@pytest.fixture
def dicom_slide():
    """Write a slide as DICOM, `a.dcm` and a level of a quarter of its resolution, `b.dcm`, to a folder."""

    def write(image: np.ndarray, microns_per_pixel: float, folder: Path) -> None:
        write_level(image, microns_per_pixel, folder / "a.dcm", str(folder))
        write_level(image[::4, ::4], 4 * microns_per_pixel, folder / "b.dcm", str(folder))

    return write
