"""Settings of a cohort that make no sense together, wing by wing."""

from typing import Any

from syncohort.core.consistency.expression import check_expression
from syncohort.core.consistency.images import (
    check_histology,
    check_labels,
    check_mri,
    check_nodule,
    check_patterns,
)
from syncohort.core.consistency.model_names import check_model_names
from syncohort.core.consistency.radiogenomics import check_radiogenomics
from syncohort.core.naming import IMAGE_WINGS


def check_meaning(values: dict[str, Any], where: str) -> None:
    """Check the complete settings of a cohort, and give numeric covariates to be sampled the type of numbers.

    Parameters
    ----------
    values
        Complete settings.
    where
        Name of the cohort and its file, for errors.

    Raises
    ------
    InputError
        With the keys that do not fit each other.
    """
    check_model_names(values, where)
    if "source" in values:
        check_expression(values, where)
    if "mri" in values:
        check_mri(values["mri"], values["splits"]["folds"], where)
    for wing in IMAGE_WINGS:
        if "labels" in values.get(wing, {}):
            check_labels(values[wing]["labels"], wing, where)
            check_patterns(values[wing]["source"].get("folder", {}), wing, where)
    if "nodule" in values:
        check_nodule(values, where)
    if "radiogenomics" in values:
        check_radiogenomics(values, where)
    if "histology" in values:
        check_histology(values, where)
