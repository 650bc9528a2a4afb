"""The tiles of a cohort in one file: a zip archive of PNG images, which any tool opens."""

import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import numpy as np
from PIL import Image

from syncohort.core.io import atomic_path

# The earliest time that a zip archive knows, so that equal tiles give equal bytes.
EPOCH = (1980, 1, 1, 0, 0, 0)


class TileWriter:
    """Adds tiles to an archive while it is written; what PNG packs is not packed again."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive

    def add(self, name: str, tile: np.ndarray) -> None:
        """Add a tile, (size, size, 3) uint8, under its name."""
        self.archive.writestr(zipfile.ZipInfo(f"{name}.png", EPOCH), encode_png(tile))


def encode_png(tile: np.ndarray) -> bytes:
    """Encode a tile, (height, width, 3) uint8, without loss."""
    content = io.BytesIO()
    Image.fromarray(tile).save(content, "PNG", compress_level=6)
    return content.getvalue()


@contextmanager
def writing_tiles(path: str | Path) -> Iterator[TileWriter]:
    """Write an archive of tiles, which is there whole when the block succeeds and not at all when it fails."""
    with atomic_path(path) as temporary, zipfile.ZipFile(temporary, "w", zipfile.ZIP_STORED) as archive:
        yield TileWriter(archive)


class TileStore:
    """Reads tiles of an archive; use it in a `with` block."""

    def __init__(self, path: str | Path) -> None:
        self.archive = zipfile.ZipFile(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.archive.close()

    def read(self, names: Sequence[str] | Iterable[str]) -> np.ndarray:
        """Read tiles by name: (tiles, size, size, 3) uint8, in the order of the names."""
        return np.stack([self._read(name) for name in names])

    def _read(self, name: str) -> np.ndarray:
        with self.archive.open(f"{name}.png") as opened, Image.open(opened) as image:
            return np.asarray(image.convert("RGB"))
