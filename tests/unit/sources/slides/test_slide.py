"""Slides: what a file tells of itself, and regions of it at any resolution."""

import numpy as np
import pytest
import tifffile
from PIL import Image

from syncohort.core.errors import InputError
from syncohort.sources.slides.pyramid import write_pyramid
from syncohort.sources.slides.slide import Slide


@pytest.fixture
def quarters(tmp_path):
    """A slide of 1200 × 800 pixels of 0.5 µm, its quarters black, red, green and blue."""
    image = np.zeros((800, 1200, 3), np.uint8)
    image[:400, 600:, 0] = image[400:, :600, 1] = image[400:, 600:, 2] = 255
    path = tmp_path / "quarters.tiff"
    write_pyramid(image, 0.5, path)
    return path


def test_a_slide_tells_its_size_and_the_size_of_its_pixels(quarters):
    with Slide.open(quarters) as slide:
        assert slide.shape == (1200, 800)
        assert slide.microns_per_pixel == pytest.approx(0.5, rel=1e-4)
        assert slide.image.level_count == 3


def test_tiles_are_read_where_they_are_at_any_resolution(quarters):
    with Slide.open(quarters) as slide:
        for microns, size in ((0.5, 128), (1.0, 64), (2.0, 32), (0.7, 91)):
            tile = slide.tile(600, 400, size, microns)
            assert tile.shape == (size, size, 3)
            assert tile[size // 2, size // 2].tolist() == [0, 0, 255]
        # A tile over the cross has the four colours in its corners.
        corners = slide.tile(600 - 64, 400 - 64, 64, 1.0)[[0, 0, -1, -1], [0, -1, 0, -1]]
    assert corners.tolist() == [[0, 0, 0], [255, 0, 0], [0, 255, 0], [0, 0, 255]]


def test_all_of_a_slide_in_few_pixels(quarters):
    with Slide.open(quarters) as slide:
        assert slide.thumbnail(10.0).shape == (40, 60, 3)
        assert slide.thumbnail(0.1).shape == (800, 1200, 3)


def test_equal_slides_have_equal_bytes(quarters, tmp_path):
    with Slide.open(quarters) as slide:
        write_pyramid(slide.thumbnail(0.5), 0.5, tmp_path / "again.tiff")
    assert (tmp_path / "again.tiff").read_bytes() == quarters.read_bytes()


def test_what_is_no_slide_is_told(tmp_path):
    path = tmp_path / "notes.svs"
    path.write_text("no slide")
    with pytest.raises(InputError, match=r"notes.svs cannot be read as a slide .*; expected SVS, DICOM"):
        Slide.open(path)


def test_the_size_of_pixels_comes_from_the_settings_where_the_file_is_silent(tmp_path):
    path = tmp_path / "silent.tiff"
    tifffile.imwrite(path, np.full((512, 512, 3), 200, np.uint8), tile=(256, 256), photometric="rgb")
    with pytest.raises(InputError, match="tells neither the size of its pixels nor its magnification; set histology"):
        Slide.open(path)
    with Slide.open(path, 0.25) as slide:
        assert slide.microns_per_pixel == 0.25


def test_the_magnification_of_an_svs_gives_the_size_of_its_pixels(tmp_path):
    path = tmp_path / "aperio.svs"
    described = "Aperio Image Library v10.0.51\r\n512x512 (256x256) RGB|AppMag = 40"
    tifffile.imwrite(
        path, np.full((512, 512, 3), 200, np.uint8), tile=(256, 256), photometric="rgb", description=described,
        metadata=None,
    )  # fmt: skip
    with Slide.open(path) as slide:
        assert slide.magnification == 40
        assert slide.microns_per_pixel == 0.25


def test_a_dicom_slide_is_read_like_any_other(tmp_path, dicom_slide):
    image = np.zeros((160, 200, 3), np.uint8)
    image[:80, 100:, 0] = image[80:, :100, 1] = image[80:, 100:, 2] = 255
    dicom_slide(image, 0.5, tmp_path)
    with Slide.open(tmp_path / "a.dcm") as slide:
        assert slide.shape == (200, 160)
        assert slide.microns_per_pixel == pytest.approx(0.5)
        assert slide.image.level_dimensions == ((200, 160), (50, 40))
        for microns, size in ((0.5, 64), (2.0, 16)):
            tile = slide.tile(120, 90, size, microns)
            assert tile.shape == (size, size, 3)
            # JPEG is not exact.
            np.testing.assert_allclose(tile[size // 4, size // 4], [0, 0, 255], atol=8)
        assert (slide.tile(200, 160, 16, 0.5) == 255).all()


def test_outside_the_scan_is_white(quarters):
    with Slide.open(quarters) as slide:
        assert (slide.tile(1200, 800, 16, 0.5) == 255).all()


def test_levels_are_halves(quarters):
    with Slide.open(quarters) as slide:
        assert slide.image.level_dimensions == ((1200, 800), (600, 400), (300, 200))
        assert Image.fromarray(slide.thumbnail(2.0)).size == (300, 200)
