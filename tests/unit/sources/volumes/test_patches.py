"""Folders of patches become volumes of one slice, in Hounsfield units and millimetres."""

import numpy as np
import pandas as pd
import pytest
from skimage.io import imsave

from syncohort.core.errors import InputError
from syncohort.sources.volumes.nifti import read_volume
from syncohort.sources.volumes.patches import convert_patches
from syncohort.sources.volumes.subject import Volume

HEADING = "patient_id,img_path,mask_path,area_mm2\n"


@pytest.fixture
def patches(tmp_path):
    """A patch of 6 × 5 pixels with a mask of four, and its table, the paths as Windows writes them."""
    image = np.zeros((6, 5), dtype=np.uint8)
    image[2, 3] = 255
    mask = np.zeros_like(image)
    mask[2:4, 2:4] = 255
    (tmp_path / "in/P1").mkdir(parents=True)
    for kind, values in (("img", image), ("mask", mask)):
        imsave(tmp_path / f"in/P1/P1_n0_{kind}.png", values, check_contrast=False)
    paths = {f"{kind}_path": rf".\all\P1\P1_n0_{name}.png" for kind, name in (("img", "img"), ("mask", "mask"))}
    table = pd.DataFrame([{"patient_id": "P1", **paths, "area_mm2": 1.0}])
    table.to_csv(tmp_path / "in/all.csv", index=False)
    table.to_csv(tmp_path / "in/P1/own.csv", index=False)
    return tmp_path


def convert(folder):
    convert_patches({"folder": str(folder / "in"), "window": [-1000, 400]}, folder / "out")


def test_a_patch_is_converted_once(patches):
    convert(patches)
    image, affine = read_volume(Volume(patches / "out/P1/P1_n0_ct.nii.gz"))
    mask, _ = read_volume(Volume(patches / "out/P1/P1_n0_mask.nii.gz"))
    assert image.shape == mask.shape == (5, 6, 1)
    assert image[3, 2, 0] == 400
    assert image[0, 0, 0] == -1000
    assert mask.sum() == 4
    # Four pixels are one square millimetre; columns run to the left and rows to the back.
    np.testing.assert_allclose(np.diag(affine), [-0.5, -0.5, 1, 1])
    assert len(list((patches / "out/P1").iterdir())) == 2


@pytest.mark.parametrize(
    ("break_it", "sentence"),
    [
        (lambda folder: [path.unlink() for path in folder.rglob("*.csv")], "has no table"),
        (lambda folder: (folder / "P1/P1_n0_mask.png").unlink(), "a table names P1_n0_mask.png, and there is no such"),
        (lambda folder: (folder / "all.csv").write_text("patient_id\nP1\n"), "lacks the column img_path"),
        (lambda folder: imsave(folder / "P1/P1_n0_mask.png", np.zeros((6, 5), np.uint8), check_contrast=False),
         "a nodule must be there"),
        (lambda folder: (folder / "all.csv").write_text(""), "all.csv is no table: No columns"),
        (lambda folder: (folder / "all.csv").write_text(HEADING), "names no patch"),
        (lambda folder: (folder / "all.csv").write_text(HEADING + "P1,a.png,b.png,0\n"), "row 2 of .* an area above 0"),
        (lambda folder: (folder / "all.csv").write_text(HEADING + ",a.png,b.png,1\n"), "row 2 of .* have a patient"),
        (lambda folder: (folder / "all.csv").write_text(HEADING + "A/B,a.png,b.png,1\n"), "without slash"),
        (lambda folder: (folder / "all.csv").write_text(HEADING + "..,a.png,b.png,1\n"), "row 2 of .* have a patient"),
        (lambda folder: (folder / "all.csv").write_text(HEADING + "P2,P1_n0_img.png,P1_n0_mask.png,1\n"),
         r"two rows are of the patch P1_n0 and say different things: P1, .* 1 mm²; and P2, .*\. Remove one"),
        (lambda folder: (folder / "P1/P1_n0_img.png").write_bytes(b"abc"), "could not be read"),
        (lambda folder: imsave(folder / "P1_n0_img.png", np.zeros((6, 5), np.uint8), check_contrast=False),
         "there are 2 such files"),
        (lambda folder: imsave(folder / "P1/P1_n0_img.png", np.zeros((6, 5), np.uint16), check_contrast=False),
         "should be a grey image of 8 bits"),
    ],
    ids=["no table", "no mask", "no column", "empty mask", "empty table", "no rows", "no area", "no patient", "slash",
         "dots", "of two patients", "damaged", "two of a name", "16 bits"],
)  # fmt: skip
def test_bad_folders_are_refused(patches, break_it, sentence):
    break_it(patches / "in")
    with pytest.raises(InputError, match=sentence):
        convert(patches)
