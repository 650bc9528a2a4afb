"""From CT volumes to slices of one size: those through the nodules, and backgrounds of healthy lung."""

import logging
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
from scipy.ndimage import affine_transform, binary_dilation
from skimage.restoration import inpaint_biharmonic

from syncohort.core.errors import InputError
from syncohort.core.seeding import derive_seed
from syncohort.nodule.lung import AIR, background_places, segment_lungs
from syncohort.nodule.slices import BACKGROUND, NODULE, WINDOW, Slices, to_window
from syncohort.sources.volumes.cohort import included_subjects, subject_files
from syncohort.sources.volumes.inspection import Subject, read_subject
from syncohort.sources.volumes.orientation import orient
from syncohort.sources.volumes.protocol import CHEST_CT

logger = logging.getLogger("syncohort")

# Axes of the volumes: arrays then have the rows and columns of a CT on the screen.
AXES = "LPS"
# Fewest pixels of a nodule in a slice; of less there is nothing to see.
FEWEST_PIXELS = 6
# Millimetres around a nodule that are painted over with it.
MARGIN_MM = 3.0
LUNG, INPAINTED = "lung", "inpainted"


def prepare_slices(manifest: pd.DataFrame, settings: Mapping[str, Any], *, seed: int) -> Slices:
    """Cut the slices of every included subject, each by itself.

    Parameters
    ----------
    manifest
        The table of `read_volume_cohort`.
    settings
        The complete mapping `nodule.prepare`.
    seed
        Every subject draws its backgrounds from a random stream of its own.

    Raises
    ------
    InputError
        When a subject cannot be read or has no background, with its name and how to leave it out; when no nodule is
        large enough.
    """
    images, masks, rows = [], [], []
    for _, row in included_subjects(manifest).iterrows():
        names = {key: row[key] for key in ("subject_id", "patient_id")}
        try:
            subject = orient(read_subject(subject_files(row, CHEST_CT), CHEST_CT.modalities, CHEST_CT), AXES)
            rng = np.random.default_rng(derive_seed(seed, names["subject_id"]))
            for image, mask, place in cut_slices(subject, settings, rng):
                images.append(image)
                masks.append(mask)
                rows.append(names | place)
        except InputError as error:
            problem = str(error).removesuffix(".")
            raise InputError(
                f"Subject {names['subject_id']}: {problem}. Mend it, or leave it out with nodule.exclude: "
                f"[{names['subject_id']}]."
            ) from error
    if not any(row["kind"] == NODULE for row in rows):
        raise InputError(
            f"No nodule covers {FEWEST_PIXELS} pixels of a slice, which are {_pixel_mm(settings):g} mm wide. Lower "
            "nodule.prepare.field_mm, raise nodule.prepare.side, or name the labels that are tumour in nodule.labels."
        )
    slices = Slices(np.stack(images), np.stack(masks), pd.DataFrame(rows), _pixel_mm(settings))
    counts = slices.table["kind"].value_counts()
    logger.info(
        "%d slices with a nodule and %d backgrounds of %d patients",
        counts.get(NODULE, 0), counts.get(BACKGROUND, 0), len(np.unique(slices.patients)),
    )  # fmt: skip
    return slices


def cut_slices(
    subject: Subject, settings: Mapping[str, Any], rng: np.random.Generator
) -> Iterator[tuple[np.ndarray, np.ndarray, dict[str, Any]]]:
    """Cut the slices of one subject, axes running as `AXES`.

    Yields
    ------
    image
        (rows, columns) float32 in [−1, 1].
    mask
        (rows, columns) boolean.
    place
        `kind` and `x_mm`, `y_mm`, `z_mm` of the first pixel.

    Raises
    ------
    InputError
        When there is no air, as in values that are no Hounsfield units, or no place for a background. No full stop.
    """
    [image] = subject.images.values()
    if image.min() >= AIR:
        raise InputError(
            f"its CT has values from {image.min():g} to {image.max():g}, and none below {AIR:g}, which is air in "
            "Hounsfield units; CT must be in these"
        )
    nodule = subject.label > 0
    with_nodule = _nodule_places(nodule, settings["nodule_slices"])
    cut = [_square(subject, image, nodule, place, settings) for place in with_nodule]
    kept = [(values, mask, place) for values, mask, place in cut if mask.sum() >= FEWEST_PIXELS]
    for values, mask, place in kept:
        yield values, mask, {"kind": NODULE, **place}
    if settings["backgrounds"] == INPAINTED:
        for values, mask, place in kept:
            yield _painted_over(values, mask, _pixel_mm(settings)), np.zeros_like(mask), {"kind": BACKGROUND, **place}
        return
    lungs = segment_lungs(image, subject.spacing)
    places = background_places(lungs, nodule, subject.spacing, settings["field_mm"], settings["background_slices"], rng)
    if not len(places):
        raise InputError(
            "no background is found, a place in the lung 5 to 25 mm from its edge without a nodule within "
            f"{settings['field_mm']:g} mm; where images show patches and no lung, set nodule.prepare.backgrounds: "
            f"{INPAINTED}"
        )
    for place in places:
        values, mask, found = _square(subject, image, nodule, place, settings)
        yield values, mask, {"kind": BACKGROUND, **found}


def _pixel_mm(settings: Mapping[str, Any]) -> float:
    return settings["field_mm"] / settings["side"]


def _nodule_places(nodule: np.ndarray, most: int | None) -> np.ndarray:
    """Middles (x, y, z) of the nodule in the slices with the most of it, all where `most` is None."""
    area = nodule.sum(axis=(0, 1))
    chosen = np.argsort(-area, kind="stable")[: min(most or len(area), np.count_nonzero(area))]
    return np.array([[*np.argwhere(nodule[..., place]).mean(axis=0), place] for place in np.sort(chosen)])


def _square(
    subject: Subject, image: np.ndarray, nodule: np.ndarray, middle: np.ndarray, settings: Mapping[str, Any]
) -> tuple[np.ndarray, np.ndarray, dict[str, float]]:
    """Cut a square around a middle (x, y, z) out of an axial slice, resampled within it; what is outside is air."""
    side, place = settings["side"], int(middle[2])
    scale = _pixel_mm(settings) / np.array(subject.spacing[:2])
    offset = np.asarray(middle[:2]) - scale * (side - 1) / 2

    def resample(values: np.ndarray, outside: float) -> np.ndarray:
        section = values[..., place].astype(np.float32)
        return affine_transform(section, scale, offset, (side, side), order=1, mode="constant", cval=outside).T

    first = subject.affine @ [*offset, place, 1]
    corner = dict(zip(("x_mm", "y_mm", "z_mm"), first[:3].tolist(), strict=True))
    return to_window(resample(image, WINDOW[0])), resample(nodule, 0.0) > 0.5, corner


def _painted_over(image: np.ndarray, mask: np.ndarray, pixel_mm: float) -> np.ndarray:
    """Paint over a nodule with what is around it, smoothly (biharmonic equation)."""
    wide = binary_dilation(mask, iterations=max(1, round(MARGIN_MM / pixel_mm)))
    return inpaint_biharmonic(image, wide).astype(np.float32)
