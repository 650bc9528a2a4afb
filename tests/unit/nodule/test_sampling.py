"""Synthetic slices: who is made from whom, what changes between them, and what users take away."""

import re
import zipfile
from pathlib import Path

import numpy as np
import pytest
from skimage.io import imread

from syncohort.core.io import read_tsv
from syncohort.nodule.export import export_slices
from syncohort.nodule.sampling import sample_slices
from syncohort.nodule.slices import to_hounsfield
from syncohort.sources.volumes.dicom_segmentation import read_references, read_segmentation
from syncohort.sources.volumes.nifti import read_volume
from syncohort.sources.volumes.subject import Volume
from tests.services.dicom_content import Scan, identity

METHODS = Path(__file__).resolve().parents[3] / "docs/methods-nodule.md"
SETTINGS = {"backgrounds": 2, "interpolate": [], "steps": 4}
CHANCE = {"seed": 1, "threads": 1}


def test_every_patient_on_some_of_its_own_backgrounds(generator, slices, expression):
    made = sample_slices(generator, slices, expression.drop("P03"), None, SETTINGS, **CHANCE)
    assert made.table["subject_id"].tolist() == [f"SYN_{number:05d}" for number in range(1, 23)]
    assert (made.table["genes_of"] == made.table["background_of"]).all()
    assert set(made.table["genes_of"].value_counts()) == {2}
    assert "P03" not in set(made.table["genes_of"])
    again = sample_slices(generator, slices, expression.iloc[4:], None, SETTINGS, **CHANCE)
    # Who else is made changes no one's noise.
    mine, other = (one.images[(one.table["genes_of"] == "P04").to_numpy()] for one in (made, again))
    assert len(mine) == len(other) == 2
    assert any(np.allclose(one, two, atol=1e-5) for one in mine for two in other)


def test_profiles_and_the_way_between_two_patients(generator, slices, expression):
    profiles = expression.iloc[:3].set_axis(["A", "B", "C"])
    settings = {**SETTINGS, "interpolate": [["P01", "P05"]]}
    made = sample_slices(generator, slices, expression, profiles, settings, **CHANCE)
    kinds = made.table["kind"].value_counts().to_dict()
    assert kinds == {"patient": 24, "profile": 6, "interpolation": 4}
    way = made.only((made.table["kind"] == "interpolation").to_numpy())
    assert way.table["position"].tolist() == pytest.approx([0, 1 / 3, 2 / 3, 1])
    assert set(way.table["to"]) == {"P05"}
    # The same background and noise: only the code changes, and no two steps are alike.
    assert way.table[["x_mm", "y_mm", "z_mm"]].drop_duplicates().shape[0] == 1
    steps = np.abs(np.diff(way.images, axis=0)).mean(axis=(1, 2))
    assert (steps > 1e-5).all()


def test_what_users_take_away(generator, slices, expression, tmp_path):
    made = sample_slices(generator, slices, expression.iloc[:2], None, SETTINGS, **CHANCE)
    made.masks[0] = False
    made.masks[0, 4:8, 20:30] = True
    export_slices(made, {"seed": 1}, tmp_path)
    manifest = read_tsv(tmp_path / "manifest.tsv")
    assert len(manifest) == len(made) == 4
    row = manifest.iloc[0]
    image, affine = read_volume(Volume(tmp_path / row["ct"]))
    mask, same = read_volume(Volume(tmp_path / row["mask"]))
    np.testing.assert_array_equal(affine, same)
    np.testing.assert_allclose(image[..., 0].T, to_hounsfield(made.images[0]), atol=0.51)
    # The nodule's middle, rows to the back and columns to the left, at the place of its background.
    column, line, _ = np.argwhere(mask).mean(axis=0)
    place = affine @ [column, line, 0, 1]
    pixel = 60 / 32
    assert place[:3] == pytest.approx([row["x_mm"] - 24.5 * pixel, row["y_mm"] - 5.5 * pixel, row["z_mm"]])
    shown = imread(tmp_path / "png/SYN_00001_mask.png")
    np.testing.assert_array_equal(shown, made.masks[0] * 255)
    assert imread(tmp_path / "png/SYN_00001.png").dtype == np.uint8


def test_a_mask_becomes_a_dicom_segmentation_as_the_methods_say(generator, slices, expression, tmp_path, monkeypatch):
    made = sample_slices(generator, slices, expression.iloc[:1], None, SETTINGS, **CHANCE)
    made.masks[0] = False
    made.masks[0, 4:8, 20:30] = True
    scan = Scan("P00", "1.2.3", shape=(24, 20, 6))
    # The background is of the third slice of the scan, at -95 mm.
    made.table["z_mm"] = -95.0
    export_slices(made, {}, tmp_path / "synthetic")
    (tmp_path / "ct").mkdir()
    for number, image in enumerate(scan.images()):
        image.save_as(tmp_path / f"ct/{number}.dcm", enforce_file_format=True)
    monkeypatch.chdir(tmp_path)
    [code] = re.findall(r"```python\n(.*?)```", METHODS.read_text(encoding="utf-8"), flags=re.DOTALL)
    exec(compile(code, METHODS, "exec"), {})
    with zipfile.ZipFile("SEG-1.zip", "w") as archive:
        archive.write("SYN_00001_seg.dcm")
    mask, affine = read_volume(Volume(tmp_path / "synthetic/nifti/SYN_00001_mask.nii.gz"))
    read_back = read_segmentation(Path("SEG-1.zip"), mask.shape, affine, "key")
    np.testing.assert_array_equal(read_back, mask)
    assert mask.sum() == 40
    assert read_references(Path("SEG-1.zip"), "key") == [identity("1.2.3", "ct")]
