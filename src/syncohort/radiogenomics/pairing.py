"""Who has both gene expression and image features, and who is lost and why."""

import logging

import anndata
import numpy as np
import pandas as pd

from syncohort.core.cohort import tumour_expression
from syncohort.core.errors import InputError

logger = logging.getLogger("syncohort")

PAIRED, EXPRESSION_ONLY, IMAGE_ONLY, INCOMPLETE = "paired", "expression only", "image only", "incomplete features"
FEWEST_PAIRS = 10


def pair_patients(cohort: anndata.AnnData, features: pd.DataFrame) -> tuple[anndata.AnnData, pd.DataFrame]:
    """Join tumour expression and image features by patient.

    Parameters
    ----------
    cohort
        Samples × genes, with `patient_id` and `condition`.
    features
        (patients, 1 + features) `patient_id` and image features.

    Returns
    -------
    patients
        AnnData, patients with expression × genes that vary: log expression (`Scale.to_log`), the mean over a patient's
        tumour samples; `obs["paired"]`; `obsm["features"]`, empty for patients without.
    account
        One row per patient of either: `patient_id`, `status` (`paired`, `expression only`, `image only`, `incomplete
        features`), `reason`.

    Raises
    ------
    InputError
        With fewer than 10 pairs, or a feature that is the same in all of them.
    """
    log = tumour_expression(cohort)
    features = features.set_index("patient_id")
    complete = features.dropna().index
    account = pd.DataFrame({"patient_id": sorted({*log.index, *features.index})})
    account["status"] = [_status(name, log.index, features.index, complete) for name in account["patient_id"]]
    account["reason"] = account["status"].map(
        {
            PAIRED: "",
            EXPRESSION_ONLY: "no image features; learnt from in pretraining",
            IMAGE_ONLY: "no tumour sample",
            INCOMPLETE: "an image feature is missing",
        }
    )
    counts = account["status"].value_counts()
    logger.info("patients: %s", ", ".join(f"{number} {status}" for status, number in counts.items()))
    if counts.get(PAIRED, 0) < FEWEST_PAIRS:
        raise InputError(
            f"{counts.get(PAIRED, 0)} patients have both a tumour sample and all image features, and radiogenomics "
            f"needs "
            f"at least {FEWEST_PAIRS}. Expression is of patients such as {log.index[0]}, features of such as "
            f"{features.index[0]}: if these are one patient's two names, rename one side."
        )
    paired = log.index.isin(account.loc[account["status"] == PAIRED, "patient_id"])
    constant = features[features.index.isin(log.index[paired])].nunique() == 1
    if constant.any():
        raise InputError(
            f"The image feature {constant.idxmax()} is the same in all patients, so there is nothing to predict. "
            f"Leave it "
            "out (radiogenomics.features)."
        )
    log = log.loc[:, log[paired].nunique() > 1]
    patients = anndata.AnnData(log.astype(np.float32), obs=pd.DataFrame({"paired": paired}, index=log.index))
    values = features.reindex(log.index).astype(np.float64)
    values.loc[~paired] = np.nan
    patients.obsm["features"] = values
    return patients, account


def _status(name: str, expression: pd.Index, features: pd.Index, complete: pd.Index) -> str:
    if name not in features:
        return EXPRESSION_ONLY
    if name not in expression:
        return IMAGE_ONLY
    return PAIRED if name in complete else INCOMPLETE
