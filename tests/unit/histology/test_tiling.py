"""Tiles: where tissue is, what is kept and why not, and an archive that reads back."""

import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import tifffile
from PIL import Image
from scipy.ndimage import gaussian_filter

from syncohort.core.errors import InputError
from syncohort.core.io import read_tsv, write_tsv
from syncohort.histology.store import TileStore
from syncohort.histology.tiling import cut_tiles, kept_tiles, pixel_size
from syncohort.histology.tissue import measure_quality, tissue_mask
from syncohort.sources.slides.cohort import read_image_cohort
from syncohort.sources.slides.drawing import Traits, draw_slide
from syncohort.sources.slides.pyramid import write_pyramid

TISSUE, _ = draw_slide(Traits(2500, 3.2, 1.3, 0.3, 0.0), (512, 512), 0.5, np.random.default_rng(0))
SETTINGS = {
    "size": 64, "microns_per_pixel": 0.5, "per_slide": 100, "least_tissue": 0.2, "least_contrast": 0.05,
    "least_sharpness": 15,
}  # fmt: skip


@pytest.fixture
def stained():
    """A glass of 512 × 512 pixels, 256 × 256 of it tissue whose lower half is out of focus, and a pen's ink."""
    rng = np.random.default_rng(1)
    image = np.clip(245 + 2 * rng.normal(size=(512, 512, 3)), 0, 255).astype(np.uint8)
    traits = Traits(2500, 3.2, 1.3, 0.3, 0.0)
    piece, _ = draw_slide(traits, (512, 512), 0.5, rng)
    image[128:384, :256] = np.where(piece.min(axis=-1, keepdims=True) > 235, 200, piece)[:256, :256]
    image[256:384, :256] = gaussian_filter(image[256:384, :256].astype(float), (4, 4, 0)).astype(np.uint8)
    image[:64, 256:] = 10
    return image


def manifest_of(images, tmp_path, exclude=()):
    for number, image in enumerate(images):
        write_pyramid(image, 0.5, tmp_path / "slides" / f"P{number}.tiff")
    source = {"folder": str(tmp_path / "slides"), "pattern": "{patient}.tiff", "tissue": "lung",
              "microns_per_pixel": None}  # fmt: skip
    return read_image_cohort({"source": {"slides": source}, "exclude": list(exclude)}, seed=1)[0]


def test_tissue_is_told_from_glass_and_ink(stained):
    mask = tissue_mask(stained[::4, ::4])
    assert mask[36:90, 4:60].mean() > 0.95
    assert mask[:30].mean() < 0.02
    assert mask[:, 70:].mean() < 0.02


def test_a_blank_slide_has_no_tissue():
    glass = np.clip(240 + 3 * np.random.default_rng(0).normal(size=(64, 64, 3)), 0, 255).astype(np.uint8)
    assert not tissue_mask(glass).any()


def test_quality_of_known_tiles():
    stripes = np.zeros((8, 8, 3), np.uint8)
    stripes[:, ::2] = 255
    flat = np.full((8, 8, 3), 200, np.uint8)
    assert measure_quality(flat).contrast == measure_quality(flat).sharpness == 0
    assert measure_quality(stripes).contrast == pytest.approx(1)
    # A stripe has a Laplacian of −2·255, a gap one of 2·255, but for the two columns at the border, which have half.
    laplacian = 255 * np.array([-1, 2, -2, 2, -2, 2, -2, 1])
    assert measure_quality(stripes).sharpness == pytest.approx(laplacian.var())


def test_what_is_kept_lies_on_tissue_in_focus(stained, tmp_path):
    manifest = manifest_of([stained] * 5, tmp_path)
    tiles = cut_tiles(manifest, SETTINGS, False, 1, tmp_path / "tiles.zip")
    own = tiles[tiles["slide_id"] == "P0_lung"]
    assert len(own) == 64
    assert not own[["x", "y"]].duplicated().any()
    kept = own[own["status"] == "kept"]
    assert set(zip(kept["x"], kept["y"], strict=True)) == {(x, y) for x in range(0, 256, 64) for y in (128, 192)}
    assert own["reason"].value_counts()["little tissue"] == 48
    assert set(own.loc[own["reason"] == "blurred", "y"]) == {256, 320}
    with TileStore(tmp_path / "tiles.zip") as store:
        [tile] = store.read([kept["tile_id"].iloc[0]])
    x, y = kept[["x", "y"]].iloc[0]
    assert (tile == stained[y : y + 64, x : x + 64]).all()


def test_no_more_than_asked_for_and_equal_bytes(tmp_path):
    manifest = manifest_of([TISSUE] * 5, tmp_path)
    settings = SETTINGS | {"per_slide": 3}
    tables = [cut_tiles(manifest, settings, False, 1, tmp_path / name) for name in ("one.zip", "two.zip")]
    pd.testing.assert_frame_equal(*tables)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    assert (kept_tiles(tables[0])["slide_id"].value_counts() == 3).all()
    assert "enough tiles" in set(tables[0]["reason"])


def test_a_coarser_resolution_shows_more_of_the_slide(tmp_path):
    manifest = manifest_of([TISSUE] * 5, tmp_path)
    tiles = cut_tiles(manifest, SETTINGS | {"microns_per_pixel": 1.0}, False, 1, tmp_path / "tiles.zip")
    assert pixel_size(tiles) == 1.0
    assert len(tiles) == 5 * 16
    assert set(tiles["x"]) == {0, 128, 256, 384}


def test_slides_without_tissue_are_told_together_and_leave_nothing(tmp_path):
    glass = np.full((512, 512, 3), 244, np.uint8)
    manifest = manifest_of([*[TISSUE] * 3, glass, glass], tmp_path)
    sentence = r"P3_lung can be kept: 64 little tissue, of 64 places. Leave .*: \[P3_lung, P4_lung\], or .* 1 more"
    with pytest.raises(InputError, match=sentence):
        cut_tiles(manifest, SETTINGS, False, 1, tmp_path / "tiles.zip")
    assert not (tmp_path / "tiles.zip").exists()


def test_a_slide_that_is_damaged_within_is_named(tmp_path):
    manifest = manifest_of([TISSUE] * 5, tmp_path)
    path = tmp_path / "slides/P3.tiff"
    tifffile.imwrite(path, TISSUE, tile=(64, 64), photometric="rgb", compression="zlib", resolution=(20000, 20000),
                     resolutionunit="CENTIMETER")  # fmt: skip
    content = bytearray(path.read_bytes())
    middle = slice(len(content) // 3, len(content) // 2)
    content[middle] = bytes(middle.stop - middle.start)
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"Slide P3_lung: .*P3.tiff is damaged at .*exclude: \[P3_lung\]\."):
        cut_tiles(manifest, SETTINGS, False, 1, tmp_path / "tiles.zip")


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"microns_per_pixel": 0.25}, r"P4_lung has 0.5 µm per pixel, coarser than .* \(0.25\). Raise histology.tile"),
        ({"size": 512}, r"P4_lung has 512×448 pixels, and one tile of 512 × 0.5 µm needs 512 .* Lower histology.tile"),
    ],
    ids=["coarse", "small"],
)
def test_slides_that_hold_no_tile_are_told_before_any_is_read(settings, sentence, tmp_path):
    manifest = manifest_of([*[TISSUE] * 4, TISSUE[:448]], tmp_path)
    if "microns_per_pixel" in settings:
        manifest.loc[:3, "microns_per_pixel"] = 0.25
    for path in manifest["path"]:
        Path(path).unlink()
    with pytest.raises(InputError, match=sentence):
        cut_tiles(manifest, SETTINGS | settings, False, 1, tmp_path / "tiles.zip")


def test_ready_tiles_are_resized_without_stretching(tmp_path):
    for patient in range(5):
        path = tmp_path / "tiles" / f"P{patient}" / "one.png"
        path.parent.mkdir(parents=True)
        Image.fromarray(TISSUE[:128, :160]).save(path)
    source = {"folder": str(tmp_path / "tiles"), "pattern": "{patient}/{tile}.png", "tissue": "lung",
              "microns_per_pixel": None}  # fmt: skip
    manifest, _ = read_image_cohort({"source": {"tiles": source}, "exclude": []}, seed=1)
    write_tsv(manifest, tmp_path / "images.tsv")
    tiles = cut_tiles(read_tsv(tmp_path / "images.tsv"), SETTINGS | {"size": 32}, True, 1, tmp_path / "tiles.zip")
    assert tiles["status"].eq("kept").all()
    assert pixel_size(tiles) == 0.5, "as in the settings, for nobody tells it"
    told = cut_tiles(manifest.assign(microns_per_pixel=0.25), SETTINGS | {"size": 32}, True, 1, tmp_path / "told.zip")
    assert pixel_size(told) == 1.0, "128 pixels of 0.25 µm became 32"
    with TileStore(tmp_path / "tiles.zip") as store:
        [tile] = store.read(tiles["tile_id"].iloc[:1])
    middle = np.asarray(Image.fromarray(TISSUE[:128, 16:144]).resize((32, 32), Image.Resampling.LANCZOS))
    assert (tile == middle).all()


def test_the_archive_is_a_plain_zip_of_images(tmp_path):
    manifest = manifest_of([TISSUE] * 5, tmp_path)
    tiles = kept_tiles(cut_tiles(manifest, SETTINGS, False, 1, tmp_path / "tiles.zip"))
    with zipfile.ZipFile(tmp_path / "tiles.zip") as archive:
        assert archive.namelist() == [f"{name}.png" for name in tiles["tile_id"]]
