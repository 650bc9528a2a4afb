"""Synthetic slices as users take them away: PNG to look at, NIfTI with geometry to compute with, and a manifest."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from skimage.io import imsave

from syncohort.core.io import atomic_path, write_json, write_tsv
from syncohort.nodule.slices import Slices, to_hounsfield
from syncohort.sources.volumes.nifti import write_volume

# Thickness given to a slice, mm: it has none of its own.
THICKNESS = 1.0


def export_slices(slices: Slices, provenance: dict[str, Any], folder: Path) -> None:
    """Write synthetic slices for users to take away.

    Parameters
    ----------
    slices
        Synthetic slices.
    provenance
        Record of how they were made.
    folder
        Gets `png/SYN_00001.png` and `SYN_00001_mask.png` (8 bits, black is −1000 and white 500 HU; masks 0 and 255),
        `nifti/SYN_00001_ct.nii.gz` (int16, HU) and `SYN_00001_mask.nii.gz` (uint8, 1 is nodule) where the
        background lies in its CT, which is what DICOM segmentations are made from; `manifest.tsv`, `provenance.json`.
    """
    for place, row in enumerate(slices.table.itertuples()):
        image, mask, affine = slices.images[place], slices.masks[place], slice_affine(row, slices.pixel_mm)
        name = row.subject_id
        _write_png(np.rint((image.clip(-1, 1) + 1) / 2 * 255), folder / f"png/{name}.png")
        _write_png(mask * 255, folder / f"png/{name}_mask.png")
        units = np.rint(to_hounsfield(image)).astype(np.int16)
        for kind, values in (("ct", units), ("mask", mask.astype(np.uint8))):
            # Columns come first in NIfTI.
            write_volume(values.T[..., None], affine, folder / f"nifti/{name}_{kind}.nii.gz")
    names = slices.table["subject_id"]
    paths = {kind: "nifti/" + names + f"_{kind}.nii.gz" for kind in ("ct", "mask")}
    write_tsv(slices.table.drop(columns="patient_id").assign(**paths), folder / "manifest.tsv")
    write_json(provenance, folder / "provenance.json")


def slice_affine(row: pd.Series, pixel_mm: float) -> np.ndarray:
    """(4, 4) from voxels (column, row, 0) to millimetres: columns run to the left, rows to the back."""
    affine = np.diag([-pixel_mm, -pixel_mm, THICKNESS, 1.0])
    affine[:3, 3] = row.x_mm, row.y_mm, row.z_mm
    return affine


def _write_png(values: np.ndarray, path: Path) -> None:
    with atomic_path(path) as temporary:
        imsave(temporary, values.astype(np.uint8), check_contrast=False)
