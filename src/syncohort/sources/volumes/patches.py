"""Folders of nodule patches as PNG with masks, such as are cut from LIDC-IDRI, as volumes of one slice."""

import logging
import re
from collections.abc import Mapping
from pathlib import Path, PureWindowsPath
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from skimage.io import imread

from syncohort.core.errors import InputError
from syncohort.sources.files import readable
from syncohort.sources.volumes.nifti import write_volume

logger = logging.getLogger("syncohort")

KEY = "nodule.source.patches"
COLUMNS = ("patient_id", "img_path", "mask_path", "area_mm2")
# Brightness of a white pixel, and that above which a mask counts.
WHITE, MASKED = 255, 127


def convert_patches(settings: dict[str, Any], folder: Path) -> None:
    """Write each patch as `<folder>/<patient>/<name>_{ct,mask}.nii.gz`, in Hounsfield units.

    Parameters
    ----------
    settings
        The complete mapping `nodule.source.patches`: `folder`, with images and tables `*.csv` that have the columns
        `patient_id`, `img_path`, `mask_path` and `area_mm2`; `window`, the Hounsfield units of black
        and white.
    folder
        Where the volumes go.

    Raises
    ------
    InputError
        When there is no table, a column or an image is missing, or image and mask are of different sizes.
    """
    tables = sorted(Path(settings["folder"]).rglob("*.csv"))
    if not tables:
        raise InputError(f"{KEY}.folder: {settings['folder']} has no table *.csv that names patches. Correct the path.")
    # Whatever folder the tables say, and some say it as Windows does: an image is known by its name.
    images = {path.name: path for path in Path(settings["folder"]).rglob("*.png")}
    rows = pd.concat([_read_table(path) for path in tables]).drop_duplicates("img_path")
    for row in rows.itertuples():
        pair = [_read(images, PureWindowsPath(name).name).T[..., None] for name in (row.img_path, row.mask_path)]
        _write(row, pair[0], pair[1] > MASKED, settings["window"], folder)
    logger.info("%d patches of %d patients converted", len(rows), rows["patient_id"].nunique())


def _read_table(path: Path) -> pd.DataFrame:
    with readable(path, KEY):
        table = pd.read_csv(path, dtype={"patient_id": str})
    missing = [column for column in COLUMNS if column not in table]
    if missing:
        raise InputError(f"{KEY}: {path} lacks the column {missing[0]}; it needs {', '.join(COLUMNS)}.")
    return table


def _read(images: Mapping[str, Path], name: str) -> np.ndarray:
    """Read a grey image, (rows, columns)."""
    if name not in images:
        raise InputError(f"{KEY}: a table names {name}, and there is no such file below the folder. Remove its row.")
    with readable(images[name], KEY):
        values = imread(images[name])
    if values.ndim != 2:
        raise InputError(f"{KEY}: {name} should be a grey image, and has the shape {values.shape}. Convert it.")
    return values


def _write(row: NamedTuple, image: np.ndarray, mask: np.ndarray, window: list[float], folder: Path) -> None:
    if image.shape != mask.shape or not mask.any():
        raise InputError(
            f"{KEY}: {row.img_path} has {image.shape[:2]} pixels and its mask {mask.shape[:2]}, {mask.sum()} of them "
            "on; they must be of one size, and a nodule must be there. Remove the row from the table."
        )
    # The table gives the area of the mask and no spacing.
    spacing = float(np.sqrt(row.area_mm2 / mask.sum()))
    low, high = window
    units = low + image.astype(np.float32) / WHITE * (high - low)
    affine = np.diag([-spacing, -spacing, 1.0, 1.0])
    name = re.sub(r"_img$", "", PureWindowsPath(row.img_path).stem)
    for kind, values in (("ct", np.rint(units).astype(np.int16)), ("mask", mask.astype(np.uint8))):
        write_volume(values, affine, folder / row.patient_id / f"{name}_{kind}.nii.gz")
