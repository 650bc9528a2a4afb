"""Slides and samples: a slide meets the samples of its patient whose tissue is that of the slide."""

import logging

import pandas as pd

from syncohort.core.errors import InputError, suggest

logger = logging.getLogger("syncohort")


def tissues_of(samples: pd.DataFrame, tissue: str) -> pd.Series:
    """Tissue of every sample.

    Parameters
    ----------
    samples
        Samples of a cohort, its `obs`.
    tissue
        Column that tells their tissue, `histology.tissue`.

    Raises
    ------
    InputError
        When the samples have no such column.
    """
    if tissue not in samples:
        raise InputError(
            f"histology.tissue is {tissue}, and the samples have no such column{suggest(tissue, samples.columns)} "
            f"Columns: {', '.join(samples.columns)}."
        )
    return samples[tissue].astype(str)


def patient_and_tissue(patients: pd.Series, tissues: pd.Series) -> pd.MultiIndex:
    """By what slides and samples meet: (patient, tissue) of each."""
    return pd.MultiIndex.from_arrays([patients.astype(str), tissues.astype(str)])


def slides_without_sample(slides: pd.DataFrame, samples: pd.DataFrame, tissue: str) -> set[str]:
    """Name the slides of which there is nothing to tell a generator, for their patient has no sample of their tissue.

    Parameters
    ----------
    slides
        `slide_id`, `patient_id` and `tissue` of every slide.
    samples
        Samples of the cohort, its `obs`.
    tissue
        Column of the samples that tells their tissue.

    Raises
    ------
    InputError
        When no slide meets a sample, or the samples have no such column.
    """
    known = patient_and_tissue(samples["patient_id"], tissues_of(samples, tissue))
    met = patient_and_tissue(slides["patient_id"], slides["tissue"]).isin(known)
    if not met.any():
        one, (patient, other) = slides.iloc[0], known[0]
        raise InputError(
            f"No slide meets a sample: slides are of patients such as {one['patient_id']}, tissue {one['tissue']}; "
            f"samples of such as {patient}, tissue {other}. Set histology.tissue to the column that has the tissues of "
            "the slides, and name patients alike."
        )
    lost = slides.loc[~met, "slide_id"].unique()
    if len(lost):
        logger.warning(
            "%d of %d slides have no sample of their patient and tissue, and are left out: %s",
            len(lost),
            slides["slide_id"].nunique(),
            ", ".join(lost[:5]),
        )
    return set(lost)
