"""Settings of radiogenomics that make no sense."""

from typing import Any

from syncohort.core.errors import InputError, suggest


def check_radiogenomics(values: dict[str, Any], where: str) -> None:
    """Refuse settings of radiogenomics that make no sense."""
    settings = values["radiogenomics"]
    [features] = settings["features"]
    if features == "labels" and "mri" not in values:
        raise InputError(
            f"{where}: radiogenomics.features.labels measures the tumours of mri, and the cohort has none. Add mri, "
            "or give a table of features (radiogenomics.features.table)."
        )
    if features == "simulated" and "simulated" not in values["source"]:
        raise InputError(
            f"{where}: radiogenomics.features.simulated needs source.simulated, whose planted modules tumours follow. "
            "Measured patients have labels or a table."
        )
    models = settings["models"]
    for name in settings["compare_with"]:
        if name not in models:
            raise InputError(
                f"{where}: radiogenomics.compare_with names {name}, which is no model of radiogenomics.models"
                f"{suggest(name, models)} Known: {', '.join(models)}."
            )
