"""One whole-slide image: what it says of itself, and regions of it at any resolution."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import openslide
from PIL import Image

from syncohort.core.errors import InputError

# What scanners call 20× has about half a micron per pixel, 40× a quarter.
MICRONS_AT_1X = 10.0
# Below this share of the wanted resolution nothing is lost by reading the next smaller level.
WITHIN = 1.01


@dataclass(frozen=True)
class Slide:
    """An open slide; close it, or use it in a `with` block.

    Parameters
    ----------
    path
        The file: SVS, DICOM, tiled pyramidal TIFF, or whatever else OpenSlide reads.
    image
        OpenSlide's handle.
    microns_per_pixel
        Size of a pixel of level 0.
    magnification
        Of the objective, as the file tells it; None where it does not.
    """

    path: Path
    image: openslide.OpenSlide
    microns_per_pixel: float
    magnification: float | None

    @classmethod
    def open(cls, path: Path, microns_per_pixel: float | None = None) -> Self:
        """Open a slide.

        Parameters
        ----------
        path
            The file.
        microns_per_pixel
            Size of a pixel where the file does not tell it; what the file tells goes before.

        Raises
        ------
        InputError
            When the file cannot be read as a slide, or neither it nor the settings tell the size of a pixel.
        """
        try:
            image = openslide.OpenSlide(path)
        except openslide.OpenSlideError as error:
            raise InputError(
                f"{path} cannot be read as a slide ({error}); expected SVS, DICOM, a tiled pyramidal TIFF or another "
                "format of OpenSlide"
            ) from error
        magnification = _number(image.properties.get(openslide.PROPERTY_NAME_OBJECTIVE_POWER))
        told = _number(image.properties.get(openslide.PROPERTY_NAME_MPP_X))
        size = told or (MICRONS_AT_1X / magnification if magnification else None) or microns_per_pixel
        if size is None:
            image.close()
            raise InputError(
                f"{path} tells neither the size of its pixels nor its magnification; set "
                "histology.source.slides.microns_per_pixel"
            )
        return cls(path, image, size, magnification)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.image.close()

    @property
    def shape(self) -> tuple[int, int]:
        """Width and height of level 0 in pixels."""
        return self.image.dimensions

    def thumbnail(self, microns_per_pixel: float) -> np.ndarray:
        """Give all of the slide at a resolution, or at its own where that is coarser: (height, width, 3) uint8."""
        scale = max(microns_per_pixel / self.microns_per_pixel, 1.0)
        width, height = (max(1, round(length / scale)) for length in self.shape)
        return self._read((0, 0), self.shape, (width, height))

    def tile(self, x: int, y: int, size: int, microns_per_pixel: float) -> np.ndarray:
        """Read a square at a resolution.

        Parameters
        ----------
        x, y
            Top left corner in pixels of level 0.
        size
            Pixels of the result along each side.
        microns_per_pixel
            Resolution of the result.

        Returns
        -------
        numpy.ndarray
            (size, size, 3) uint8; what lies outside the scanned area is white.
        """
        extent = round(size * microns_per_pixel / self.microns_per_pixel)
        return self._read((x, y), (extent, extent), (size, size))

    def _read(self, corner: tuple[int, int], extent: tuple[int, int], size: tuple[int, int]) -> np.ndarray:
        """Read a rectangle of level 0 in `size` pixels, from the smallest level that has as many."""
        level = self.image.get_best_level_for_downsample(extent[0] / size[0] * WITHIN)
        factor = self.image.level_downsamples[level]
        pixels = tuple(max(1, round(length / factor)) for length in extent)
        try:
            region = self.image.read_region(corner, level, pixels)
        except openslide.OpenSlideError as error:
            raise InputError(f"{self.path} is damaged at {corner}: {error}") from error
        white = Image.new("RGBA", region.size, "white")
        read = Image.alpha_composite(white, region).convert("RGB")
        return np.asarray(read if read.size == size else read.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0))


def _number(text: str | None) -> float | None:
    """Read a positive number of a slide's properties."""
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if value > 0 else None
