"""A small folder as BraTS names it, which no server gives: `python -m tests.services.brats <folder>`."""

import sys
from pathlib import Path

from syncohort.sources.volumes.labels import ENHANCING
from syncohort.sources.volumes.nifti import write_volume
from syncohort.sources.volumes.phantom import simulate_phantom
from tests.services.simulation import generator

SETTINGS = {"shape": [24, 24, 16], "bias_field": 0.1, "noise": 0.03}
# Release → how a subject is named, how a file of it, and what stands for enhancing tumour.
RELEASES = {
    "2020": ("BraTS20_Training_{:03d}", "_", {"t1": "t1", "t1ce": "t1ce", "t2": "t2", "flair": "flair"}, 4),
    "2023": ("BraTS-GLI-{:05d}-000", "-", {"t1": "t1n", "t1ce": "t1c", "t2": "t2w", "flair": "t2f"}, 3),
}


def write_brats(folder: Path, release: str = "2020", subjects: int = 6) -> None:
    """Write `<folder>/<subject>/<subject>_<kind>.nii.gz`, invented images and tumour labels."""
    pattern, joint, kinds, enhancing = RELEASES[release]
    for number in range(1, subjects + 1):
        name = pattern.format(number)
        phantom = simulate_phantom(SETTINGS, generator("brats", name))
        label = phantom.label.copy()
        label[label == ENHANCING] = enhancing
        volumes = {kinds[modality]: image for modality, image in phantom.images.items()} | {"seg": label}
        for kind, values in volumes.items():
            write_volume(values, phantom.affine, folder / name / f"{name}{joint}{kind}.nii.gz")


if __name__ == "__main__":
    write_brats(Path(sys.argv[1]))
