"""Patient-level splits: cross-validation folds with an inner validation part, saved as a table."""

import anndata
import numpy as np
import pandas as pd

from syncohort.core.cohort import TUMOUR
from syncohort.core.errors import InputError
from syncohort.core.naming import FULL, split_names

TRAIN, VALIDATION, TEST = "train", "validation", "test"
# What a subject of an image wing has in place of a condition.
IMAGED = "imaged"
# Two samples make a distance between samples; three, correlations that are not all 1 or -1. Two subjects make a pair.
FEWEST = {"samples": {TRAIN: 2, VALIDATION: 2, TEST: 3}, "imaged subjects": {TRAIN: 2, VALIDATION: 1, TEST: 1}}


def split_patients(
    patients: pd.Series, strata: pd.Series, *, folds: int, validation_fraction: float, seed: int, repeats: int = 1
) -> pd.DataFrame:
    """Deal patients to folds so that every stratum is spread as evenly as it can be.

    A patient's stratum is the set of values its samples have in `strata` (a patient with tumour and normal is a
    stratum of its own), so pairs stay together and conditions stay balanced. The inner validation part of a
    split is drawn by the same rule from the patients that are not in its test fold.

    Parameters
    ----------
    patients
        (samples,) patient of each sample.
    strata
        (samples,) condition of each sample; `IMAGED` for a subject of an image wing.
    folds
        Number of folds, at least 2.
    validation_fraction
        Share of a split's training patients kept for early stopping, above 0 and at most 0.5.
    seed
        Seed of the shuffle.
    repeats
        How many times the patients are dealt to `folds` folds.

    Returns
    -------
    DataFrame
        One row per patient: `patient_id`, `stratum`, then one column per split holding `train`, `validation`
        or `test`. The split `full` has no test patients.

    Raises
    ------
    InputError
        When there are fewer patients than folds, or a part would have too few samples.
    """
    stratum = strata.astype(str).groupby(patients.astype(str)).agg(lambda values: "+".join(sorted(set(values))))
    if len(stratum) < folds:
        raise InputError(
            f"The cohort has {len(stratum)} patients, and {folds} folds need at least {folds}. "
            "Lower splits.folds or add patients."
        )
    rng = np.random.default_rng([seed, 0])
    fold = np.empty((repeats, len(stratum)), dtype=int)
    for dealt in fold:
        # Dealt in turn, as one deals cards: every stratum and every fold is as even as it can be.
        dealt[_by_stratum(stratum, rng)] = np.arange(len(stratum)) % folds
    table = pd.DataFrame({"patient_id": stratum.index, "stratum": stratum.to_numpy()})
    for number, name in enumerate(split_names(folds, repeats)):
        role = np.full(len(stratum), TRAIN, dtype=object)
        if name != FULL:
            repeat, place = divmod(number - 1, folds)
            role[fold[repeat] == place] = TEST
        kept = np.flatnonzero(role != TEST)
        ordered = kept[_by_stratum(stratum.iloc[kept], np.random.default_rng([seed, number + 1]))]
        # Every 1/fraction-th patient of the ordered ones, so that each stratum gives its share.
        share = np.floor(np.arange(len(ordered) + 1) * validation_fraction + 0.5)
        chosen = np.diff(share) > 0
        chosen[0] |= not chosen.any()
        role[ordered[chosen]] = VALIDATION
        table[name] = role
    imaged = (strata.astype(str) == IMAGED).to_numpy()
    for kind, rows in (("samples", ~imaged), ("imaged subjects", imaged)):
        if rows.any():
            _check_sizes(table, patients[rows].astype(str).value_counts(), validation_fraction, kind)
    return table


def _by_stratum(stratum: pd.Series, rng: np.random.Generator) -> np.ndarray:
    """Positions of the patients, stratum after stratum and shuffled within each."""
    shuffled = rng.permutation(len(stratum))
    return shuffled[np.argsort(stratum.to_numpy()[shuffled], kind="stable")]


def _check_sizes(table: pd.DataFrame, samples: pd.Series, validation_fraction: float, kind: str) -> None:
    """Refuse splits whose parts are too small to train, to stop a training or to score a model."""
    number = table["patient_id"].map(samples)
    for split in table.columns[2:]:
        count = number.groupby(table[split]).sum()
        for role, least in FEWEST[kind].items():
            if (split, role) != (FULL, TEST) and count.get(role, 0) < least:
                raise InputError(
                    f"The {role} part of {split} would have {count.get(role, 0):g} {kind}, and needs at least {least}. "
                    f"Lower splits.folds, raise splits.validation_fraction (now {validation_fraction:g}), or add "
                    "patients."
                )


def paired_patients(splits: pd.DataFrame) -> list[str]:
    """Name the patients who have both images and expression of a tumour, in the order of the table of splits."""
    kinds = splits["stratum"].str.split("+")
    return splits["patient_id"][[{IMAGED, TUMOUR} <= set(kind) for kind in kinds]].tolist()


def roles_of(cohort: anndata.AnnData, splits: pd.DataFrame, split: str) -> pd.Series:
    """Role of each sample of an expression cohort in a split, as `roles_of_patients`."""
    return roles_of_patients(cohort.obs["patient_id"], splits, split)


def roles_of_patients(patients: pd.Series, splits: pd.DataFrame, split: str) -> pd.Series:
    """Role of each sample or subject in a split.

    Parameters
    ----------
    patients
        (samples,) patient of each.
    splits
        The table of `split_patients`.
    split
        Name of the split.

    Returns
    -------
    Series
        (samples,) `train`, `validation` or `test`, indexed as `patients`.

    Raises
    ------
    InputError
        When a patient is not in the table.
    """
    roles = patients.astype(str).map(splits.set_index("patient_id")[split])
    if roles.isna().any():
        raise InputError(
            f"The patient {patients[roles.isna()].iloc[0]!r} of the cohort is not among the {len(splits)} patients of "
            "splits.tsv. Delete splits.tsv and run the workflow again."
        )
    return roles


def training_samples(cohort: anndata.AnnData, splits: pd.DataFrame, split: str) -> anndata.AnnData:
    """Give the samples that a split may learn from: all but those of its test fold."""
    return cohort[(roles_of(cohort, splits, split) != TEST).to_numpy()].copy()


def held_out_samples(cohort: anndata.AnnData, splits: pd.DataFrame, split: str) -> anndata.AnnData:
    """Give the samples of a split's test fold."""
    return cohort[(roles_of(cohort, splits, split) == TEST).to_numpy()].copy()
