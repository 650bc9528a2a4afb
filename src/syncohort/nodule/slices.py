"""Prepared slices: squares of one size cut from CT, with nodules or without, in one file beside the table of them."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from safetensors.numpy import load_file, save

from syncohort.core.errors import InputError
from syncohort.core.io import read_json, read_tsv, write_bytes, write_json, write_tsv
from syncohort.core.splits import roles_of_patients

NODULE, BACKGROUND = "nodule", "background"
# Hounsfield units that become −1 and 1 (Xu et al.); what is outside is cut off.
WINDOW = (-1000.0, 500.0)


@dataclass(frozen=True, eq=False)
class Slices:
    """Slices of some patients.

    Parameters
    ----------
    images
        (slices, rows, columns) float32 in [−1, 1]; rows run from front to back, columns from right to left of
        the patient.
    masks
        (slices, rows, columns) boolean: where the nodule is.
    table
        A row per slice: `subject_id`, `patient_id`, `kind` (`nodule` or `background`); `x_mm`, `y_mm`, `z_mm` of the
        first pixel (to the right, to the front, up).
    pixel_mm
        Side of a pixel, mm.
    """

    images: np.ndarray
    masks: np.ndarray
    table: pd.DataFrame
    pixel_mm: float

    def __len__(self) -> int:
        return len(self.table)

    @property
    def side(self) -> int:
        """Pixels along a side."""
        return self.images.shape[1]

    @property
    def patients(self) -> np.ndarray:
        """(slices,) patient of each."""
        return self.table["patient_id"].to_numpy(dtype=str)

    def only(self, chosen: np.ndarray) -> "Slices":
        """Give the chosen ones, by a mask (slices,) or by positions."""
        table = self.table.iloc[np.flatnonzero(chosen) if chosen.dtype == bool else chosen].reset_index(drop=True)
        return replace(self, images=self.images[chosen], masks=self.masks[chosen], table=table)

    def of(self, kind: str, patients: np.ndarray | None = None) -> "Slices":
        """Give those of a kind, `NODULE` or `BACKGROUND`, of some patients or of all."""
        chosen = (self.table["kind"] == kind).to_numpy()
        return self.only(chosen if patients is None else chosen & np.isin(self.patients, patients))

    def by_role(self, splits: pd.DataFrame, split: str) -> dict[str, "Slices"]:
        """Give the slices of each role, `train`, `validation`, `test`, in a split.

        Raises
        ------
        InputError
            When a patient is not in the table of splits.
        """
        roles = roles_of_patients(self.table["patient_id"], splits, split).to_numpy()
        return {role: self.only(roles == role) for role in np.unique(roles)}

    def write(self, content: str | Path, table: str | Path, description: dict[str, Any]) -> None:
        """Write the arrays as safetensors, the table as TSV and `description` as JSON beside the arrays."""
        arrays = {"images": self.images.astype(np.float16), "masks": self.masks.astype(np.uint8)}
        write_bytes(save({name: np.ascontiguousarray(values) for name, values in arrays.items()}), content)
        write_json({"pixel_mm": self.pixel_mm, "side": self.side, "window_hu": WINDOW, **description},
                   Path(content).with_suffix(".json"))  # fmt: skip
        write_tsv(self.table, table)

    @classmethod
    def read(cls, content: str | Path) -> "Slices":
        """Read slices written by `write`, the table and the description beside them."""
        content = Path(content)
        arrays, description = load_file(content), read_json(content.with_suffix(".json"))
        return cls(
            arrays["images"].astype(np.float32),
            arrays["masks"].astype(bool),
            read_tsv(content.with_suffix(".tsv")),
            description["pixel_mm"],
        )


def to_window(units: np.ndarray) -> np.ndarray:
    """Map Hounsfield units to [−1, 1]; −1000 becomes −1, 500 becomes 1, what is beyond is cut off."""
    low, high = WINDOW
    return ((np.clip(units, low, high) - low) * 2 / (high - low) - 1).astype(np.float32)


def to_hounsfield(values: np.ndarray) -> np.ndarray:
    """Invert `to_window`."""
    low, high = WINDOW
    return low + (np.asarray(values, dtype=np.float64) + 1) / 2 * (high - low)


def require_nodules(slices: Slices, which: str) -> Slices:
    """Give the slices with nodules, or stop where there are none.

    Raises
    ------
    InputError
        With `which`, the name of the part that has none.
    """
    nodules = slices.of(NODULE)
    if not len(nodules):
        raise InputError(
            f"The {which} patients have no slice with a nodule. Lower splits.folds, or add patients with CT."
        )
    return nodules
