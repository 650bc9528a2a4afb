"""Which samples to keep and which of their properties to carry, by columns of the sample sheet."""

from typing import Any

import numpy as np
import pandas as pd

from syncohort.core.errors import InputError, suggest
from syncohort.sources.curation import Curation
from syncohort.sources.samples.identity import require_column

OWN_COLUMNS = ("patient_id", "condition")


def kept(samples: pd.DataFrame, keep: dict[str, list[Any]], curation: Curation) -> np.ndarray:
    """Mark the samples that have an allowed value in every column of `keep`.

    Parameters
    ----------
    samples
        (samples, ·) of the sample sheet.
    keep
        Column → allowed values; numbers are compared as they are written in the sheet.

    Returns
    -------
    numpy.ndarray
        (samples,) bool.

    Raises
    ------
    InputError
        For a column the sheet does not have, a value no sample has, or when no sample is left.
    """
    mask = np.ones(len(samples), dtype=bool)
    for column, allowed in keep.items():
        require_column(column, samples, "samples.keep", "the sample sheet")
        present = sorted(samples[column].dropna().unique())
        values = [str(value) for value in allowed]
        for value in values:
            if value not in present:
                raise InputError(
                    f"samples.keep.{column}: no sample has the value {value!r}{suggest(value, present)} "
                    f"Its values: {', '.join(present[:20])}."
                )
        fits = samples[column].isin(values).to_numpy()
        curation.note_any(
            f"samples by {column}", (~fits).sum(), len(samples), f"left out: {column} is not {' or '.join(values)}"
        )
        mask &= fits
    if not mask.any():
        raise InputError(f"samples.keep: no sample has a value asked for in each of {', '.join(keep)}. Ask for fewer.")
    return mask


def complete(
    samples: pd.DataFrame, covariates: dict[str, Any], curation: Curation, where: str = "the sample sheet"
) -> np.ndarray:
    """Mark the samples that have a value in every covariate.

    Parameters
    ----------
    samples
        (samples, ·) of the sample sheet.
    covariates
        `categorical` and `numeric` column names; `missing`, `error` or `drop_samples`.
    curation
        Where samples that are left out are counted.
    where
        What `samples` are called in messages.

    Returns
    -------
    numpy.ndarray
        (samples,) bool.

    Raises
    ------
    InputError
        For a column the sheet does not have, a name that is always in the cohort, a missing value where that is an
        error, or when no sample is left.
    """
    mask = np.ones(len(samples), dtype=bool)
    for kind in ("categorical", "numeric"):
        for name in covariates[kind]:
            key = f"covariates.{kind}"
            if name in OWN_COLUMNS:
                raise InputError(f"{key}: {name!r} is always part of the cohort. Remove it there.")
            require_column(name, samples, key, where)
            absent = samples[name].isna().to_numpy()
            if absent.any() and covariates["missing"] == "error":
                raise InputError(
                    f"{key}: the covariate {name!r} is missing in {absent.sum()} of {len(samples)} samples, such as "
                    f"{samples.index[absent][0]!r}. Set covariates.missing: drop_samples to leave these samples out, "
                    "or remove the covariate."
                )
            curation.note_any(f"samples without {name}", absent.sum(), len(samples), "left out: covariate is missing")
            mask &= ~absent
    if not mask.any():
        raise InputError(
            "covariates.missing: drop_samples leaves no sample, since each lacks a covariate. Remove the emptiest one."
        )
    return mask


def typed(samples: pd.DataFrame, covariates: dict[str, Any]) -> pd.DataFrame:
    """Give the covariates their types: text as category with sorted levels, numbers as float.

    Raises
    ------
    InputError
        For text in a numeric covariate, and for a covariate that is the same in all samples.
    """
    columns = {}
    for name in covariates["categorical"]:
        values = samples[name].astype(str)
        columns[name] = pd.Categorical(values, categories=sorted(values.unique()))
    for name in covariates["numeric"]:
        numbers = pd.to_numeric(samples[name], errors="coerce").astype(float)
        texts = samples[name][~np.isfinite(numbers)]
        if len(texts):
            raise InputError(
                f"covariates.numeric: the covariate {name!r} holds {texts.iloc[0]!r} (sample {texts.index[0]!r}), "
                "which is not a number. Correct the sheet, or move it to covariates.categorical."
            )
        columns[name] = numbers.to_numpy()
    result = pd.DataFrame(columns, index=samples.index)
    for kind in ("categorical", "numeric"):
        for name in covariates[kind]:
            if result[name].nunique() < 2:
                raise InputError(
                    f"covariates.{kind}: the covariate {name!r} is {samples[name].iloc[0]!r} in all {len(samples)} "
                    "samples, so nothing can be learnt from it. Remove it, or keep more samples (samples.keep)."
                )
    return result
