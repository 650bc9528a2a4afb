"""Tiny subjects on disk, named as BraTS names them."""

from pathlib import Path

import numpy as np

from syncohort.sources.volumes.nifti import write_volume

SHAPE = (6, 6, 4)
AFFINE = np.diag([-1.0, -1.0, 2.0, 1.0])
DEFAULTS = {
    "modalities": ["t1", "t1ce", "t2", "flair"],
    "missing": "error",
    "exclude": [],
    "labels": {"necrosis": [], "oedema": [], "enhancing": [], "ignored": []},
}
NAMES = {"2020": ("_", ["t1", "t1ce", "t2", "flair"]), "2023": ("-", ["t1n", "t1c", "t2w", "t2f"])}


def image(seed: int) -> np.ndarray:
    """A box of brain in zeros."""
    values = np.zeros(SHAPE, dtype=np.int16)
    values[1:5, 1:5] = np.random.default_rng(seed).integers(1, 1000, (4, 4, 4))
    return values


def label(numbers: tuple[int, ...]) -> np.ndarray:
    """Two voxels of each number."""
    values = np.zeros(SHAPE, dtype=np.uint8)
    for place, number in enumerate(numbers):
        values[1 + place, 2, 1:3] = number
    return values


class Folder:
    """A folder of BraTS subjects to be spoiled."""

    def __init__(self, path: Path, release: str = "2020") -> None:
        self.path, self.release = path, release

    def file(self, subject: str, number: int | str) -> Path:
        joint, kinds = NAMES[self.release]
        kind = number if isinstance(number, str) else kinds[number]
        return self.path / subject / f"{subject}{joint}{kind}.nii.gz"

    def add(self, subject: str, labels: tuple[int, ...]) -> None:
        for number in range(4):
            write_volume(image(number), AFFINE, self.file(subject, number))
        write_volume(label(labels), AFFINE, self.file(subject, "seg"))
