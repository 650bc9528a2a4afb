"""Folders of nodule patches as PNG with masks, such as are cut from LIDC-IDRI, as volumes of one slice."""

import io
import logging
import re
import struct
from collections import defaultdict
from collections.abc import Sequence
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
        When there is no table, a column or an image is missing, two rows disagree on a patch, or image and mask are of
        different sizes.
    """
    tables = sorted(Path(settings["folder"]).rglob("*.csv"))
    if not tables:
        raise InputError(f"{KEY}.folder: {settings['folder']} has no table *.csv that names patches. Correct the path.")
    # Whatever folder the tables say, and some say it as Windows does: an image is known by its name.
    images = defaultdict(list)
    for path in sorted(Path(settings["folder"]).rglob("*.png")):
        images[path.name].append(path)
    rows = pd.concat([_read_table(path) for path in tables])
    # Whatever else several tables say of a patch, they must agree on what is made of it.
    rows = rows.assign(name=rows["img_path"].map(_patch_name), mask=rows["mask_path"].map(_file_name))
    rows = rows.drop_duplicates(["patient_id", "name", "mask", "area_mm2"])
    _refuse_repeated(rows)
    for row in rows.itertuples():
        names = _file_name(row.img_path), row.mask
        pair = [_read(images[name], name).T[..., None] for name in names]
        _write(row, pair[0], pair[1] > MASKED, settings["window"], folder)
    logger.info("%d patches of %d patients converted", len(rows), rows["patient_id"].nunique())


def _read_table(path: Path) -> pd.DataFrame:
    with readable(path, KEY):
        try:
            table = pd.read_csv(path, dtype=str)
        except (pd.errors.EmptyDataError, pd.errors.ParserError) as error:
            raise InputError(f"{KEY}: {path} is no table: {str(error).strip()}. Mend or remove it.") from error
    missing = [column for column in COLUMNS if column not in table]
    if missing:
        raise InputError(f"{KEY}: {path} lacks the column {missing[0]}; it needs {', '.join(COLUMNS)}.")
    if table.empty:
        raise InputError(f"{KEY}: {path} names no patch. Add rows, or remove the table.")
    table["area_mm2"] = pd.to_numeric(table["area_mm2"], errors="coerce")
    wrong = table[list(COLUMNS)].isna().any(axis=1) | ~table["area_mm2"].between(0, np.inf, inclusive="neither")
    wrong |= table["patient_id"].str.contains(r"[/\\]|^\.+$", na=True)
    if wrong.any():
        raise InputError(
            f"{KEY}: row {np.flatnonzero(wrong)[0] + 2} of {path} must have a patient, without slash in the name, two "
            f"paths and an area above 0; {wrong.sum()} of {len(table)} rows have not. Correct or remove them."
        )
    return table


def _patch_name(path: str) -> str:
    """Give the name of a patch: that of its image, without the ending that tells it from the mask."""
    return re.sub(r"_img$", "", Path(_file_name(path)).stem)


def _file_name(path: str) -> str:
    """Give the name of a file, whichever way the slashes of its path lean."""
    return PureWindowsPath(path).name


def _refuse_repeated(rows: pd.DataFrame) -> None:
    """Stop where a patch would be written over another."""
    repeated = rows[rows["name"].duplicated(keep=False)]
    if len(repeated):
        one, other = (f"{row.patient_id}, {row.img_path}, {row.area_mm2:g} mm²" for row in repeated[:2].itertuples())
        raise InputError(
            f"{KEY}: two rows are of the patch {repeated['name'].iloc[0]} and say different things: {one}; and "
            f"{other}. Remove one, or rename an image."
        )


def _read(found: Sequence[Path], name: str) -> np.ndarray:
    """Read a grey image, (rows, columns) uint8."""
    if len(found) != 1:
        count = f"there are {len(found)} such files" if found else "there is no such file"
        raise InputError(
            f"{KEY}: a table names {name}, and {count} below the folder. Remove its row, or rename a file."
        )
    with readable(found[0], KEY):
        try:
            # From memory: a damaged file would stay open.
            values = imread(io.BytesIO(found[0].read_bytes()))
        except struct.error as error:
            raise EOFError(str(error)) from error
    if values.ndim != 2 or values.dtype != np.uint8:
        raise InputError(
            f"{KEY}: {name} should be a grey image of 8 bits, and has the shape {values.shape} and {values.dtype}. "
            "Convert it."
        )
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
    for kind, values in (("ct", np.rint(units).astype(np.int16)), ("mask", mask.astype(np.uint8))):
        write_volume(values, affine, folder / row.patient_id / f"{row.name}_{kind}.nii.gz")
