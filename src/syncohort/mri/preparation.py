"""From a subject's files to what a network is given: one grid, intensities in [−1, 1], one small array."""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from nibabel.affines import voxel_sizes

from syncohort.core.errors import InputError
from syncohort.core.io import read_json, sha256, write_bytes, write_json
from syncohort.mri.grid import ORIENTATION, fit_grid
from syncohort.mri.tissue import estimate_tissue
from syncohort.sources.volumes.inspection import Subject, count_labels
from syncohort.sources.volumes.orientation import orient

BACKGROUND = -1.0
# The ends of the brain's intensities, in per cent, that become −1 and 1.
PERCENTILES = (0.5, 99.5)
ORDERS = {"nearest": 0, "linear": 1}


@dataclass(frozen=True)
class PreparedSubject:
    """A prepared subject.

    Parameters
    ----------
    volumes
        (modalities + 2, z, y, x) float16: the images in [−1, 1], the tumour labels, the tissue classes. A memory map
        when read from a file.
    description
        What the JSON beside it holds: names, channels, geometry, intensities, counts, checksum.
    """

    volumes: np.ndarray
    description: dict[str, Any]

    @property
    def images(self) -> np.ndarray:
        """(modalities, z, y, x) in [−1, 1]."""
        return self.volumes[:-2]

    @property
    def label(self) -> np.ndarray:
        """(z, y, x) uint8 tumour labels."""
        return np.asarray(self.volumes[-2], dtype=np.uint8)

    @property
    def tissue(self) -> np.ndarray:
        """(z, y, x) uint8 tissue classes, 0 outside the brain; a brain without classes is all 1."""
        return np.asarray(self.volumes[-1], dtype=np.uint8)

    @property
    def spacing(self) -> np.ndarray:
        """Millimetres between voxels along (z, y, x)."""
        return voxel_sizes(np.array(self.description["affine"]))[::-1]

    def write(self, folder: Path) -> None:
        """Write `<subject>.npy`, and `<subject>.json` last."""
        content = io.BytesIO()
        np.save(content, self.volumes)
        path = folder / f"{self.description['subject_id']}.npy"
        write_bytes(content.getvalue(), path)
        write_json({**self.description, "sha256": sha256(path)}, path.with_suffix(".json"))

    @classmethod
    def read(cls, description: Path) -> "PreparedSubject":
        """Open a subject written by `write`; voxels are read when they are used."""
        return cls(np.load(description.with_suffix(".npy"), mmap_mode="r"), read_json(description))


def prepare_subject(subject: Subject, names: dict[str, str], settings: dict[str, Any]) -> PreparedSubject:
    """Prepare one subject; nothing is learnt from any other.

    Parameters
    ----------
    subject
        The volumes as read.
    names
        `subject_id` and `patient_id`.
    settings
        The complete mapping `mri.prepare`.

    Returns
    -------
    PreparedSubject
        Axes run right, front and up; arrays are (z, y, x).

    Raises
    ------
    InputError
        When the brain does not fit into the box, no tumour is left, or a modality has one value only. No full stop.
    """
    oriented = orient(subject, ORIENTATION)
    grid = fit_grid(oriented, settings)
    order = ORDERS[settings["interpolation"]]
    brain = _depth_first(grid.resample(oriented.brain.astype(np.uint8), 0)) > 0
    label = _depth_first(grid.resample(oriented.label, 0)) * brain
    if not label.any():
        raise InputError(
            "its tumour is lost by the preparation; lower mri.prepare.drop_slices, or raise mri.prepare.shape"
        )
    images, intensities = [], {}
    for modality, values in oriented.images.items():
        resampled = _depth_first(grid.resample(values, order))
        scaled, intensities[modality] = _scale(resampled, brain, settings["scaling"], modality)
        images.append(scaled)
    tissue = estimate_tissue(np.stack(images), brain, label, settings["tissue_classes"])
    description = {
        **names,
        "channels": [*oriented.images, "label", "tissue"],
        "tissue_classes": max(1, settings["tissue_classes"]),
        "orientation": ORIENTATION,
        "shape": list(grid.shape),
        "affine": grid.affine.tolist(),
        "intensities": intensities,
        "voxels": {"brain": int(brain.sum()), **count_labels(label)},
        "source": {"shape": list(subject.label.shape), "affine": subject.affine.tolist()},
    }
    return PreparedSubject(np.stack([*images, label, tissue]).astype(np.float16), description)


def _depth_first(values: np.ndarray) -> np.ndarray:
    """Turn (x, y, z) into (z, y, x), the order of networks."""
    return np.ascontiguousarray(values.T)


def _scale(values: np.ndarray, brain: np.ndarray, scaling: str, modality: str) -> tuple[np.ndarray, list[float]]:
    """Scale intensities to [−1, 1], and give what became −1 and 1."""
    robust = scaling == "brain_percentiles"
    low, high = np.percentile(values[brain], PERCENTILES) if robust else (values.min(), values.max())
    if not high > low:
        raise InputError(f"its {modality} image has one value only, {low:g}")
    scaled = (2 * (values - low) / (high - low) - 1).clip(-1, 1)
    return np.where(brain, scaled, BACKGROUND) if robust else scaled, [float(low), float(high)]
