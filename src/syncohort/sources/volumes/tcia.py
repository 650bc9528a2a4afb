"""CT and tumour segmentations of The Cancer Imaging Archive as downloaded: a zip archive per DICOM series."""

import logging
from pathlib import Path

from syncohort.core.errors import InputError
from syncohort.sources.volumes.dicom_segmentation import read_references
from syncohort.sources.volumes.subject import SubjectFiles, Volume

logger = logging.getLogger("syncohort")


def find_tcia(folder: Path, key: str) -> list[SubjectFiles]:
    """Find the subjects of a downloaded collection: a subject is a segmentation with the CT that it was drawn on.

    Of the CT series of a patient, several as a rule, the segmentation tells which one it is. Patients without
    segmentation are no subjects.

    Parameters
    ----------
    folder
        The dataset's folder in the cache, with `<patient>/CT-<series>.zip` and `<patient>/SEG-<series>.zip`.
    key
        The setting that named it, for errors.

    Returns
    -------
    list of SubjectFiles
        By name, which is the patient's, with a number where there are several segmentations of a patient. A subject
        whose CT is not there lacks it.

    Raises
    ------
    InputError
        When there is no segmentation.
    """
    subjects = []
    for patient in sorted(path for path in folder.iterdir() if path.is_dir()):
        segmentations = sorted(patient.glob("SEG-*.zip"))
        for number, segmentation in enumerate(segmentations, start=1):
            name = patient.name if len(segmentations) == 1 else f"{patient.name}-{number}"
            image = _image(segmentation, key)
            images = {"ct": Volume(image)} if image else {}
            subjects.append(SubjectFiles(name, patient.name, images=images, label=Volume(segmentation)))
    if not subjects:
        raise InputError(
            f"{key}: {folder} has no segmentations <patient>/SEG-<series>.zip. Delete it and download again."
        )
    logger.info("%d segmentations of %d patients", len(subjects), len({one.patient_id for one in subjects}))
    return subjects


def _image(segmentation: Path, key: str) -> Path | None:
    """Find the CT that a segmentation was drawn on."""
    try:
        references = read_references(segmentation, key)
    except InputError as error:
        logger.warning("%s", error)
        return None
    found = [path for path in (segmentation.with_name(f"CT-{series}.zip") for series in references) if path.exists()]
    if len(found) == 1:
        return found[0]
    there = ", ".join(sorted(path.stem.removeprefix("CT-") for path in segmentation.parent.glob("CT-*.zip"))) or "none"
    logger.warning(
        "%s was drawn on the series %s, of which %d are there; the patient's CT series are %s",
        segmentation, ", ".join(references) or "(it does not say)", len(found), there,
    )  # fmt: skip
    return None
