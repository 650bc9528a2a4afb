"""CT series and segmentations in DICOM become volumes on one grid, whoever wrote them; what cannot is told."""

import io
import zipfile

import numpy as np
import pydicom
import pytest

from syncohort.core.errors import InputError
from syncohort.sources.volumes.dicom_segmentation import read_references, read_segmentation
from syncohort.sources.volumes.dicom_series import read_series
from tests.services.dicom_content import Scan, as_early_slicer, identity, packed

SCAN = Scan("R01-001", "1.2.826.0.1.3680043.8.498.1")
KEY = "nodule.source.tcia"


@pytest.fixture
def archive(tmp_path):
    """Pack DICOM files and give the path."""

    def pack(datasets, name="CT-1.zip"):
        path = tmp_path / name
        path.write_bytes(packed(datasets))
        return path

    return pack


def read_ct(path):
    return read_series(path, KEY)


def test_hounsfield_units_in_order_of_place(archive):
    images = SCAN.images()
    values, affine = read_ct(archive([images[place] for place in (4, 0, 9, 1, 8, 2, 7, 3, 6, 5)]))
    expected = SCAN.values().astype(np.float32)
    expected[0, 0] = -1024
    assert values.dtype == np.float32
    assert np.array_equal(values, expected)
    # The first pixel's centre is 9.3 mm to the right, which is −9.3 to the left.
    assert affine @ [0, 0, 0, 1] == pytest.approx([9.3, 8.1, -100.0, 1])
    assert affine @ [1, 0, 0, 0] == pytest.approx([-0.75, 0, 0, 0])
    assert affine @ [0, 1, 0, 0] == pytest.approx([0, -0.8, 0, 0])
    assert affine @ [0, 0, 1, 0] == pytest.approx([0, 0, 2.5, 0])


@pytest.mark.parametrize(
    "orientation",
    [
        (1.0, 0.0, 0.0, 0.0, 1.0, 0.0),
        (-1.0, 0.0, 0.0, 0.0, -1.0, 0.0),
        (0.0, 1.0, 0.0, 0.0, 0.0, -1.0),
        (0.8, 0.6, 0.0, -0.6, 0.8, 0.0),
    ],
    ids=["axial", "prone", "sagittal", "oblique"],
)
@pytest.mark.parametrize("write", [lambda given: given, as_early_slicer], ids=["highdicom", "early Slicer"])
def test_a_segmentation_is_on_the_grid_of_its_image(archive, orientation, write):
    scan = Scan("P", "1.2.3", orientation=orientation)
    images = scan.images()
    path = archive([write(scan.segmentation(images))], "SEG-1.zip")
    values, affine = read_ct(archive(images[::-1]))
    labels = read_segmentation(path, values.shape, affine, KEY)
    assert np.array_equal(labels, scan.mask())
    # The tumour is what the image shows there.
    assert (values[labels == 1] == 35).all()
    assert (values[labels == 0] != 35).all()
    assert read_references(path, KEY) == [identity("1.2.3", "ct")]


def test_positions_with_few_digits(archive):
    scan = Scan("P", "1.2.3", spacing=(0.7, 0.7, 0.625))
    images = scan.images()
    segmentation = scan.segmentation(images)
    for image in images:
        image.ImagePositionPatient = [*image.ImagePositionPatient[:2], round(image.ImagePositionPatient[2], 1)]
    values, affine = read_ct(archive(images))
    assert np.linalg.norm(affine[:3, 2]) == pytest.approx(0.625, rel=0.02)
    assert np.array_equal(
        read_segmentation(archive([segmentation], "SEG-1.zip"), values.shape, affine, KEY), scan.mask()
    )


def test_several_segments_keep_their_numbers(archive):
    images = SCAN.images()
    segmentation = as_early_slicer(SCAN.segmentation(images))
    for frame in segmentation.PerFrameFunctionalGroupsSequence:
        low = frame.PlanePositionSequence[0].ImagePositionPatient[2] < -90
        frame.SegmentIdentificationSequence[0].ReferencedSegmentNumber = 1 if low else 2
    values, affine = read_ct(archive(images))
    labels = read_segmentation(archive([segmentation], "SEG-1.zip"), values.shape, affine, KEY)
    # The tumour is on slices 3 to 6, at −92.5 to −85 mm.
    assert labels[9, 7].tolist() == [0, 0, 0, 1, 2, 2, 2, 0, 0, 0]


def lacking(images):
    del images[4:6]


def doubled(images):
    images.append(images[3])


def scouted(images):
    images[0].ImageOrientationPatient = [1, 0, 0, 0, 0, -1]


def resized(images):
    images[2].Rows -= 1
    images[2].PixelData = images[2].PixelData[: -2 * images[2].Columns]


def respaced(images):
    images[2].PixelSpacing = [1, 1]


def uneven(images):
    images[5].ImagePositionPatient = [*images[5].ImagePositionPatient[:2], images[5].ImagePositionPatient[2] + 1.0]


def without_rescale(images):
    for image in images:
        del image.RescaleSlope


def without_position(images):
    del images[3].ImagePositionPatient


def cut_off(images):
    images[3].PixelData = images[3].PixelData[:100]


def alone(images):
    del images[1:]


def between(images):
    second = SCAN.images("second ct")
    for image in second:
        image.ImagePositionPatient = [*image.ImagePositionPatient[:2], image.ImagePositionPatient[2] + 1.25]
    images += second


def of_magnets(images):
    for image in images:
        image.Modality = "MR"


BAD = [
    (lacking, r"lacks slices: its 8 are 2.5 mm apart, but after that at -92.5 mm the next is at -85.0 mm"),
    (doubled, r"has two slices at -92.5 mm; one of them must go"),
    (scouted, r"mixes orientations: 1\\0\\0\\0\\0\\-1 in 1 slices and 1\\0\\0\\0\\1\\0 in another; a scout image"),
    (respaced, r"mixes pixel spacings: 0.8\\0.75 in 9 slices and 1\\1 in another"),
    (resized, r"mixes slices of 24×19 and 24×20 pixels"),
    (uneven, r"has slices at uneven distances, 1.5 to 3.5 mm; a volume needs equal ones"),
    (without_rescale, r"has no rescale slope and intercept, so its values are not known in Hounsfield units"),
    (without_position, r"is not the DICOM series that was expected: .*ImagePositionPatient"),
    (cut_off, r"is not the DICOM series that was expected: "),
    (between, r"mixes 2 series; keep the one that the segmentation was drawn on"),
    (of_magnets, r"has DICOM images of the modality MR, and CT was expected"),
    (alone, r"has 1 DICOM images, and a volume needs at least 2"),
]


@pytest.mark.parametrize(("spoil", "sentence"), BAD, ids=[spoil.__name__ for spoil, _ in BAD])
def test_a_series_that_is_no_volume(archive, spoil, sentence):
    images = SCAN.images()
    spoil(images)
    with pytest.raises(InputError, match=sentence):
        read_ct(archive(images))


def test_archives_that_are_something_else(archive, tmp_path):
    path = archive(SCAN.images())
    with pytest.raises(InputError, match=r"has 10 DICOM files \(CT\), and one segmentation was expected"):
        read_references(path, KEY)
    path.write_bytes(path.read_bytes()[:-300])
    with pytest.raises(InputError, match=r"nodule.source.tcia: .* is damaged: File is not a zip file. Delete it"):
        read_ct(path)
    with zipfile.ZipFile(path, "w") as opened:
        opened.writestr("1-001.dcm", "<html>404</html>")
    with pytest.raises(InputError, match=r"is not the DICOM series that was expected: File is missing DICOM"):
        read_ct(path)
    with pytest.raises(InputError, match=r"nodule.source.tcia: .*none.zip does not exist"):
        read_ct(tmp_path / "none.zip")


def test_a_segmentation_of_another_image(archive):
    images = SCAN.images()
    segmentation = SCAN.segmentation(images)
    values, affine = read_ct(archive(images))

    def read(change):
        changed = pydicom.dcmread(io.BytesIO(saved(segmentation)))
        change(changed)
        return read_segmentation(archive([changed], "SEG-1.zip"), values.shape, affine, KEY)

    def shift(by):
        def change(dataset):
            for frame in dataset.PerFrameFunctionalGroupsSequence:
                position = frame.PlanePositionSequence[0]
                position.ImagePositionPatient = [
                    value + offset for value, offset in zip(position.ImagePositionPatient, by, strict=True)
                ]

        return change

    def halve(dataset):
        dataset.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0].PixelSpacing = [0.4, 0.375]

    def lose(dataset):
        del dataset.PerFrameFunctionalGroupsSequence[1].PlanePositionSequence

    assert np.array_equal(read(shift((0.75, 0, 0))), np.roll(SCAN.mask(), 1, axis=0))
    with pytest.raises(InputError, match=r"has frames 0.50 voxels off the grid of its image"):
        read(shift((0, 0.4, 0)))
    with pytest.raises(InputError, match=r"has 20 pixels outside its image; it may belong to another series"):
        read(shift((0, 0, 100)))
    with pytest.raises(InputError, match=r"has pixels of 0.375×0.4 mm and its image of 0.75×0.8 mm"):
        read(halve)
    with pytest.raises(InputError, match=r"has no PlanePositionSequence for its frame 2"):
        read(lose)


def saved(dataset):
    content = io.BytesIO()
    dataset.save_as(content, enforce_file_format=True)
    return content.getvalue()
