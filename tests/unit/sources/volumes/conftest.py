"""Tiny volume cohorts on disk, in the layout of each source."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from syncohort.sources.volumes.cohort import read_volume_cohort
from syncohort.sources.volumes.nifti import write_volume
from syncohort.sources.volumes.protocol import BRAIN_MRI, ImagingProtocol

from .layouts import AFFINE, DEFAULTS, Folder, image, label


@pytest.fixture
def brats(tmp_path) -> Folder:
    """Six subjects as BraTS 2020 has them; the fourth has no enhancing tumour."""
    folder = Folder(tmp_path / "brats")
    for number in range(1, 7):
        folder.add(f"BraTS20_Training_{number:03d}", (1, 2) if number == 4 else (1, 2, 4))
    return folder


@pytest.fixture(scope="session")
def read():
    """Read a volume cohort with default settings but for those given."""

    def read_cohort(
        source: dict, records: Sequence[Path] = (), protocol: ImagingProtocol = BRAIN_MRI, **settings: object
    ):
        complete = {**DEFAULTS, "modalities": list(protocol.modalities), "source": source, **settings}
        return read_volume_cohort(complete, seed=1, records=records, protocol=protocol)

    return read_cohort


@pytest.fixture
def msd(tmp_path) -> Path:
    """Five subjects as Task01_BrainTumour has them."""
    folder = tmp_path / "Task01_BrainTumour"
    training = []
    for number in range(1, 6):
        name = f"BRATS_{number:03d}.nii.gz"
        write_volume(np.stack([image(channel) for channel in range(4)], axis=-1), AFFINE, folder / "imagesTr" / name)
        write_volume(label((1, 2, 3)), AFFINE, folder / "labelsTr" / name)
        training.append({"image": f"./imagesTr/{name}", "label": f"./labelsTr/{name}"})
    dataset = {
        "name": "BRATS",
        "modality": {"0": "FLAIR", "1": "T1w", "2": "t1gd", "3": "T2w"},
        "labels": {"0": "background", "1": "edema", "2": "non-enhancing tumor", "3": "enhancing tumour"},
        "training": training,
        "test": ["./imagesTs/BRATS_485.nii.gz"],
    }
    (folder / "dataset.json").write_text(json.dumps(dataset))
    return folder
