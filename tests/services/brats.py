"""A small folder as BraTS names it, which no server gives: `python -m tests.services.brats <folder>`."""

import sys
from pathlib import Path

from tests.services.brain_content import ENHANCING, nifti, subject

# Release → how a subject is named, what joins it to the kind of a file, the kinds, and the label of enhancing tumour.
RELEASES = {
    "2020": ("BraTS20_Training_{:03d}", "_", {"t1": "t1", "t1ce": "t1ce", "t2": "t2", "flair": "flair"}, 4),
    "2023": ("BraTS-GLI-{:05d}-000", "-", {"t1": "t1n", "t1ce": "t1c", "t2": "t2w", "flair": "t2f"}, 3),
}


def write_brats(folder: Path, release: str = "2020", subjects: int = 6) -> None:
    """Write `<folder>/<subject>/<subject>_<kind>.nii.gz`, invented images and tumour labels."""
    pattern, joint, kinds, enhancing = RELEASES[release]
    for number in range(1, subjects + 1):
        name = pattern.format(number)
        images, label = subject("brats", name)
        label[label == ENHANCING] = enhancing
        (folder / name).mkdir(parents=True)
        for kind, values in {**{kinds[modality]: image for modality, image in images.items()}, "seg": label}.items():
            (folder / name / f"{name}{joint}{kind}.nii.gz").write_bytes(nifti(values))


if __name__ == "__main__":
    write_brats(Path(sys.argv[1]))
