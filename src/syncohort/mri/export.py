"""Synthetic subjects as users take them away: NIfTI in folders as BraTS has them, described for nnU-Net."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from syncohort.core.io import write_json, write_tsv
from syncohort.mri.preparation import PreparedSubject
from syncohort.sources.volumes.labels import ENHANCING, NECROSIS, NESTED, OEDEMA
from syncohort.sources.volumes.nifti import write_volume

# Brightness of an MR image has no unit. Zero is background, so the brain starts at 1.
DARKEST, BRIGHTEST = 1, 1000
# As nnU-Net wants nested regions: the number that each writes over those before it.
WRITTEN = {"whole tumour": OEDEMA, "tumour core": NECROSIS, "enhancing tumour": ENHANCING}


def export_subjects(subjects: Sequence[PreparedSubject], provenance: dict[str, Any], folder: Path) -> None:
    """Write synthetic subjects for users to take away.

    Parameters
    ----------
    subjects
        Synthetic subjects, at least one.
    provenance
        Record of how they were made.
    folder
        Gets `SYN_0001/SYN_0001_{t1,t1ce,t2,flair,seg}.nii.gz` with the labels of BraTS 2023, `subjects.tsv` (whose
        tumour is on whose brain, voxels of each label), `dataset.json` of nnU-Net version 2, which names these files as
        they lie here, and `provenance.json`.
    """
    modalities = subjects[0].description["channels"][:-2]
    rows, listed = [], {}
    for subject in subjects:
        name, affine = subject.description["subject_id"], np.array(subject.description["affine"])
        brain = subject.tissue > 0
        volumes = dict(zip(modalities, (intensities(image, brain) for image in subject.images), strict=True))
        for kind, values in {**volumes, "seg": subject.label}.items():
            write_volume(values.T, affine, folder / name / f"{name}_{kind}.nii.gz")
        listed[name] = {
            "images": [f"{name}/{name}_{modality}.nii.gz" for modality in modalities],
            "label": f"{name}/{name}_seg.nii.gz",
        }
        made_from = {f"{part}_of": name for part, name in subject.description["made_from"].items()}
        rows.append({"subject_id": name, **made_from, **subject.description["voxels"]})
    write_tsv(pd.DataFrame(rows), folder / "subjects.tsv")
    write_json(provenance, folder / "provenance.json")
    write_json(nnunet_description(modalities, listed), folder / "dataset.json")


def intensities(image: np.ndarray, brain: np.ndarray) -> np.ndarray:
    """Turn [−1, 1] into whole numbers from 1 to 1000 in the brain and 0 outside: (z, y, x) int16."""
    scaled = DARKEST + (image.astype(np.float32) + 1) / 2 * (BRIGHTEST - DARKEST)
    return np.where(brain, np.rint(scaled), 0).astype(np.int16)


def nnunet_description(modalities: Sequence[str], listed: dict[str, Any]) -> dict[str, Any]:
    """Describe a data set to nnU-Net version 2, which then trains on nested regions, as BraTS is scored.

    Parameters
    ----------
    modalities
        Names of the channels.
    listed
        Case → its images, in the order of the channels, and its label; paths from the folder of `dataset.json`.
    """
    return {
        "channel_names": {str(number): modality for number, modality in enumerate(modalities)},
        "labels": {"background": 0, **{name.replace(" ", "_"): list(labels) for name, labels in NESTED.items()}},
        "regions_class_order": [WRITTEN[name] for name in NESTED],
        "numTraining": len(listed),
        "file_ending": ".nii.gz",
        "dataset": listed,
    }
