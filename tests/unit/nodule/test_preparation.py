"""Slices are cut where they should be, lungs found, genes chosen and scaled on training patients."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from syncohort.core.errors import InputError
from syncohort.nodule.genes import GeneScale, paired_profiles
from syncohort.nodule.lung import FARTHEST, NEAREST, background_places, segment_lungs
from syncohort.nodule.preparation import AXES, cut_slices, prepare_slices
from syncohort.nodule.slices import BACKGROUND, NODULE, Slices, to_hounsfield, to_window
from syncohort.sources.volumes.cohort import read_volume_cohort
from syncohort.sources.volumes.inspection import Subject
from syncohort.sources.volumes.nifti import write_volume
from syncohort.sources.volumes.orientation import orient
from syncohort.sources.volumes.protocol import CHEST_CT
from tests.unit.nodule.conftest import PREPARE, as_read


def test_the_window_is_that_of_the_authors():
    units = np.array([-2000, -1000, -250, 500, 900])
    np.testing.assert_allclose(to_window(units), [-1, -1, 0, 1, 1])
    np.testing.assert_allclose(to_window(units)[1:4], ((units + 1000 - 750) / 750)[1:4])
    np.testing.assert_allclose(to_hounsfield(to_window(units[1:4])), units[1:4])


@pytest.fixture
def chest():
    """A body of 160 × 120 × 10 mm in air, two lungs of 40 × 60 mm, a vessel, a nodule at the wall; 2 × 2 × 5 mm."""
    image = np.full((100, 80, 6), -1000.0)
    image[10:90, 10:70] = 40
    lungs = np.zeros(image.shape, dtype=bool)
    lungs[20:40, 20:50] = lungs[60:80, 20:50] = True
    image[lungs] = -850
    image[30:31, 25:45] = 40
    nodule = np.zeros_like(lungs)
    nodule[38:40, 30:32, 3] = True
    image[nodule] = 0
    return image, lungs, nodule


def test_lungs_are_found_with_vessels_and_nodules(chest):
    image, lungs, _ = chest
    found = segment_lungs(image, (2.0, 2.0, 5.0))
    # Closing rounds nothing off here but may fill a pixel at a corner.
    assert (found != lungs).sum() <= 0.01 * lungs.sum()


def test_no_lung_is_found_in_soft_tissue():
    assert not segment_lungs(np.full((20, 20, 3), 40.0), (2.0, 2.0, 5.0)).any()


def test_backgrounds_are_off_the_wall_and_show_no_nodule(chest):
    _, lungs, nodule = chest
    places = background_places(lungs, nodule, (2.0, 2.0, 5.0), 20.0, 200, np.random.default_rng(0))
    assert len(places) == 200
    x, y, z = places.T
    assert lungs[x, y, z].all()
    # The lungs are 20 voxels of 2 mm wide.
    left = np.where(x < 50, np.minimum(x - 19, 40 - x), np.minimum(x - 59, 80 - x)) * 2
    assert left.min() >= NEAREST
    assert left.max() <= FARTHEST
    near = (z == 3) & (np.abs(x - 38.5) <= 6) & (np.abs(y - 30.5) <= 6)
    assert not near.any()


def test_slices_lie_where_the_table_says(lungs):
    one = lungs["P00"]
    cut = list(cut_slices(as_read(one), PREPARE, np.random.default_rng(1)))
    assert [place["kind"] for *_, place in cut] == [NODULE] * 2 + [BACKGROUND] * 3
    pixel = 60 / 32
    for image, mask, place in cut:
        assert image.shape == (32, 32)
        if place["kind"] == BACKGROUND:
            assert not mask.any()
            continue
        # Rows run to the back, columns to the left.
        row, column = np.argwhere(mask).mean(axis=0)
        middle = [place["x_mm"] - column * pixel, place["y_mm"] - row * pixel, place["z_mm"]]
        there = [one.truth[f"{axis}_mm"] for axis in "xyz"]
        assert np.abs(np.subtract(middle, there))[:2].max() < 3
        assert to_hounsfield(image[mask].mean()) == pytest.approx(one.truth["density_hu"], abs=120)


def test_a_volume_stored_the_other_way_round_gives_the_same_slices(lungs):
    one = as_read(lungs["P01"])
    mirrored = Subject(
        {"ct": one.images["ct"][::-1, :, ::-1]}, one.label[::-1, :, ::-1], None,
        one.affine @ [[-1, 0, 0, 83], [0, 1, 0, 0], [0, 0, -1, 17], [0, 0, 0, 1]], {1: 1},
    )  # fmt: skip
    cut = [list(cut_slices(orient(each, AXES), PREPARE, np.random.default_rng(1))) for each in (one, mirrored)]
    for first, second in zip(*cut, strict=True):
        np.testing.assert_allclose(first[0], second[0], atol=1e-5)
        assert first[2] == pytest.approx(second[2])


def test_inpainted_backgrounds_have_no_nodule(lungs):
    cut = list(cut_slices(as_read(lungs["P00"]), {**PREPARE, "backgrounds": "inpainted"}, np.random.default_rng(1)))
    (image, mask, _), _, (painted, none, _), _ = cut
    assert not none.any()
    assert painted[mask].mean() < image[mask].mean() - 0.3
    far = ~mask & (np.hypot(*(np.indices(mask.shape) - 15.5)) > 12)
    np.testing.assert_allclose(painted[far], image[far], atol=1e-6)


def test_a_subject_without_lung_is_refused():
    nodule = np.zeros((40, 40, 3), dtype=np.uint8)
    nodule[15:25, 15:25, 1] = 1
    values = np.zeros((40, 40, 3), np.float32)
    values[0] = -1000
    subject = Subject({"ct": values}, nodule, None, np.diag([-2.0, -2.0, 5.0, 1.0]), {1: 1})
    with pytest.raises(InputError, match=r"no background is found.*inpainted"):
        list(cut_slices(subject, PREPARE, np.random.default_rng(1)))
    scaled = replace(subject, images={"ct": (values + 1000) / 1000})
    with pytest.raises(InputError, match=r"its CT has values from 0 to 1, and none below -320, which is air in Hounsf"):
        list(cut_slices(scaled, {**PREPARE, "backgrounds": "inpainted"}, np.random.default_rng(1)))


def test_nodules_of_less_than_a_pixel_are_refused(lungs, tmp_path):
    for name, one in list(lungs.items())[:5]:
        for kind, volume in (("ct", one.image), ("mask", one.nodule)):
            write_volume(volume, one.affine, tmp_path / f"{name}_{kind}.nii.gz")
    files = {"folder": str(tmp_path), "images": {"ct": "{subject}_ct.nii.gz"}, "label": "{subject}_mask.nii.gz"}
    reading = {"source": {"folder": files}, "missing": "error", "exclude": [], "labels": {"tumour": [], "ignored": []}}
    manifest, _ = read_volume_cohort(reading, seed=1, protocol=CHEST_CT)
    with pytest.raises(InputError, match=r"No nodule covers 6 pixels of a slice, which are 12.5 mm wide\. Lower"):
        prepare_slices(manifest, {**PREPARE, "field_mm": 400}, seed=1)


def test_slices_survive_their_file(slices, tmp_path):
    slices.write(tmp_path / "slices.safetensors", tmp_path / "slices.tsv", {})
    again = Slices.read(tmp_path / "slices.safetensors")
    np.testing.assert_allclose(again.images, slices.images, atol=1e-3)
    np.testing.assert_array_equal(again.masks, slices.masks)
    pd.testing.assert_frame_equal(again.table, slices.table)


def test_slices_are_dealt_by_patient(slices):
    roles = ["train"] * 6 + ["validation"] * 3 + ["test"] * 3
    splits = pd.DataFrame({"patient_id": np.unique(slices.patients), "fold0": roles})
    parts = slices.by_role(splits, "fold0")
    assert {role: len(np.unique(part.patients)) for role, part in parts.items()} == {
        "train": 6, "validation": 3, "test": 3,
    }  # fmt: skip
    assert sum(map(len, parts.values())) == len(slices)


def test_genes_are_chosen_and_scaled_on_training_patients():
    training = pd.DataFrame({"A": [1.0, 3.0], "B": [0.0, 10.0], "C": [4.0, 4.0], "D": [0.0, 1.0]})
    scale = GeneScale.fit(training, 2, "zscore")
    assert scale.genes == ["A", "B"]
    others = pd.DataFrame({"B": [5.0, 1000.0], "A": [4.0, 2.0]})
    np.testing.assert_allclose(scale.apply(others), [[2, 0], [0, 5]])
    assert GeneScale.of_json(scale.to_json()).genes == scale.genes
    # One component of two opposite patients: what is orthogonal to their difference is gone.
    narrow = GeneScale.fit(training, 2, "zscore", components=4)
    assert narrow.components.shape == (1, 2)
    np.testing.assert_allclose(narrow.apply(training), scale.apply(training), atol=1e-6)
    np.testing.assert_allclose(narrow.apply(others)[0], [1, 1], atol=1e-6)
    np.testing.assert_allclose(GeneScale.of_json(narrow.to_json()).components, narrow.components)
    raw = GeneScale.fit(training, None, "log")
    assert raw.genes == ["A", "B", "D"]
    np.testing.assert_allclose(raw.apply(training)[1], [3, 10, 1])
    with pytest.raises(InputError, match="lacks 1 of the 2 genes"):
        scale.apply(others[["A"]])
    with pytest.raises(InputError, match="None of the 1 genes varies"):
        GeneScale.fit(training[["C"]], None, "zscore")


def test_patients_without_expression_are_counted(expression):
    assert list(paired_profiles(np.array(["P01", "P00", "X"]), expression, "training", 2).index) == ["P00", "P01"]
    with pytest.raises(InputError, match="1 of the 2 training patients with CT have expression"):
        paired_profiles(np.array(["P01", "X"]), expression, "training", 2)
