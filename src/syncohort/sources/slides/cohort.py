"""A histology cohort: one manifest of all images, slides or ready tiles, and what was left out and why."""

import logging
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from PIL import Image, UnidentifiedImageError

from syncohort.core.errors import InputError, suggest
from syncohort.core.io import sha256
from syncohort.core.provenance import provenance
from syncohort.sources.slides.finding import find_images
from syncohort.sources.slides.matching import slides_without_sample
from syncohort.sources.slides.slide import Slide
from syncohort.sources.volumes.cohort import EXCLUDED, INCLUDED, included_subjects

logger = logging.getLogger("syncohort")

FEWEST_PATIENTS = 5
# More slides than these are in the log and not in the sentence.
MOST_NAMED = 5
TILES = "tiles"
COLUMNS = [
    *("slide_id", "patient_id", "tissue", "status", "reason", "path"),
    *("width", "height", "microns_per_pixel", "magnification"),
]


def read_image_cohort(
    settings: dict[str, Any], samples: pd.DataFrame | None = None, *, seed: int
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Find and inspect all images of a source.

    Every image is opened once; whatever is wrong with any of them is logged, and the first stops the job. Those that
    are named in `exclude` or meet no sample stay closed.

    Parameters
    ----------
    settings
        `source` with exactly one source, `slides` or `tiles`; `exclude`, names of slides to leave out; and `tissue`,
        the column of the samples that tells their tissue.
    samples
        Samples of the cohort, its `obs`; None for a cohort without expression.
    seed
        Seed of the job, for the provenance record; nothing here is random.

    Returns
    -------
    manifest
        One row per image, `COLUMNS`; width and height in pixels of the finest level. Size of the pixels and
        magnification are empty where nobody tells them.
    record
        Provenance with the checksum of every included image.

    Raises
    ------
    InputError
        When an image cannot be used and is not excluded, ready tiles differ in size, `exclude` names no slide, no slide
        meets a sample, or fewer than 5 patients are left.
    """
    kind, source = next(iter(settings["source"].items()))
    key = f"histology.source.{kind}"
    files = find_images(source, key)
    names = {file.slide_id for file in files}
    for name in settings["exclude"]:
        if name not in names:
            raise InputError(
                f"histology.exclude names the slide {name!r}, which {source['folder']} lacks{suggest(name, names)}"
            )
    reasons = dict.fromkeys(settings["exclude"], "named in histology.exclude")
    if samples is not None:
        unmet = slides_without_sample(pd.DataFrame(map(vars, files)), samples, settings["tissue"])
        reasons = dict.fromkeys(unmet, "no sample of this patient and tissue") | reasons
    rows, problems = [], {}
    for file in files:
        reason = reasons.get(file.slide_id, "")
        row = {**vars(file), "status": EXCLUDED if reason else INCLUDED, "reason": reason}
        if not reason:
            try:
                row |= _inspect_tile(file.path, source) if kind == TILES else _inspect_slide(file.path, source)
            except InputError as error:
                problems[file.slide_id] = str(error)
                logger.warning("slide %s: %s", file.slide_id, error)
        rows.append(row)
    if problems:
        raise InputError(_tell(problems))
    manifest = pd.DataFrame(rows, columns=COLUMNS).astype({"width": "Int64", "height": "Int64", "path": str})
    included = included_subjects(manifest)
    _check(included, kind, key)
    checksums = {path: sha256(path) for path in included["path"]}
    return manifest, provenance(seed=seed, settings={"histology": settings}, inputs=checksums)


def _inspect_slide(path: Path, source: dict[str, Any]) -> dict[str, Any]:
    """Open a slide and describe it."""
    with Slide.open(path, source["microns_per_pixel"]) as slide:
        width, height = slide.shape
        return {
            "width": width,
            "height": height,
            "microns_per_pixel": slide.microns_per_pixel,
            "magnification": slide.magnification,
        }


def _inspect_tile(path: Path, source: dict[str, Any]) -> dict[str, Any]:
    """Open a ready tile and describe it."""
    try:
        with Image.open(path) as image:
            image.load()
            width, height = image.size
            deep = image.mode[0] in "IF"
    except (UnidentifiedImageError, OSError) as error:
        raise InputError(f"{path} cannot be read as an image ({error}); expected PNG, JPEG or TIFF") from error
    if deep:
        raise InputError(f"{path} has more than 8 bits per channel; tiles have 8, so convert it")
    return {"width": width, "height": height, "microns_per_pixel": source["microns_per_pixel"]}


def exclusion_of(slides: Iterable[str]) -> str:
    """Write the setting that leaves slides out, its value as well where they are few."""
    names = list(slides)
    return f"histology.exclude: [{', '.join(names)}]" if len(names) <= MOST_NAMED else "histology.exclude"


def _tell(problems: dict[str, str]) -> str:
    name, problem = next(iter(problems.items()))
    others = f" {len(problems) - 1} more slides have problems, all in the log." if len(problems) > 1 else ""
    return f"Slide {name}: {problem}. Mend it, or leave it out with {exclusion_of(problems)}.{others}"


def _check(included: pd.DataFrame, kind: str, key: str) -> None:
    """Refuse a cohort whose images do not fit together or are too few."""
    if kind != TILES:
        _refuse_repeated(included["slide_id"], key)
    patients = included["patient_id"].nunique()
    if patients < FEWEST_PATIENTS:
        raise InputError(
            f"{key}.folder: the images that can be used are of {patients} patients, and a histology cohort needs at "
            f"least {FEWEST_PATIENTS}. Add images, or exclude fewer."
        )
    sizes = included.drop_duplicates(["width", "height"])
    if kind == TILES and len(sizes) > 1:
        one, other = (f"{row.path} has {row.width}×{row.height}" for row in sizes.iloc[:2].itertuples())
        raise InputError(f"{key}: ready tiles must have one size in pixels, but {one} and {other}. Cut or resize them.")
    logger.info("%d images of %d patients, tissues: %s", len(included), patients, _counts(included["tissue"]))


def _refuse_repeated(slides: Sequence[str], key: str) -> None:
    repeated = pd.Series(slides)[pd.Series(slides).duplicated()]
    if len(repeated):
        raise InputError(
            f"{key}.pattern: {len(repeated) + 1} files or more are the slide {repeated.iloc[0]}. Put {{slide}} into "
            "the pattern where their names differ."
        )


def _counts(tissues: pd.Series) -> str:
    return ", ".join(f"{tissue} {number}" for tissue, number in tissues.value_counts().sort_index().items())
