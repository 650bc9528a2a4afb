"""Writing of a pyramidal TIFF as OpenSlide reads it."""

import io
from pathlib import Path

import numpy as np
import tifffile
from PIL import Image

from syncohort.core.io import write_bytes

TILE = 256
# A level of this size or less is the last.
SMALLEST = 512


def write_pyramid(image: np.ndarray, microns_per_pixel: float, path: Path) -> None:
    """Write a slide as a tiled TIFF with levels of half the size each; equal images give equal bytes.

    Parameters
    ----------
    image
        (height, width, 3) uint8.
    microns_per_pixel
        Size of a pixel, which goes into the resolution of the file.
    path
        The file.
    """
    content = io.BytesIO()
    with tifffile.TiffWriter(content) as writer:
        level = 0
        while True:
            writer.write(
                image,
                photometric="rgb",
                tile=(TILE, TILE),
                compression="zlib",
                subfiletype=int(level > 0),
                resolution=(1e4 / (microns_per_pixel * 2**level),) * 2,
                resolutionunit="CENTIMETER",
                metadata=None,
                datetime=False,
                software=False,
            )
            if max(image.shape[:2]) <= SMALLEST:
                break
            half = (max(1, image.shape[1] // 2), max(1, image.shape[0] // 2))
            image, level = np.asarray(Image.fromarray(image).resize(half, Image.Resampling.BOX)), level + 1
    write_bytes(content.getvalue(), path)
