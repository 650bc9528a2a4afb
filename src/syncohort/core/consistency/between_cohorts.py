"""Settings of several cohorts of a run that make no sense together."""

from collections.abc import Mapping
from typing import Any

from syncohort.core.errors import InputError, suggest


def check_kinds(cohorts: Mapping[str, Mapping[str, Any]]) -> None:
    """Refuse a model's name that stands for two kinds of generators: models are compared over cohorts by name.

    Parameters
    ----------
    cohorts
        Name → complete settings.

    Raises
    ------
    InputError
        With the model and both cohorts.
    """
    first: dict[str, tuple[str, str]] = {}
    for name, values in cohorts.items():
        for model, settings in values.get("expression", {}).get("models", {}).items():
            before, kind = first.setdefault(model, (name, settings["kind"]))
            if kind != settings["kind"]:
                raise InputError(
                    f"Cohort {name}: expression.models.{model} is of the kind {settings['kind']}, and in cohort "
                    f"{before} a model of that name is of the kind {kind}. Models are compared over cohorts by their "
                    "names: give one of the two another."
                )


def check_outside(cohorts: Mapping[str, Mapping[str, Any]]) -> None:
    """Refuse an outside cohort of histology that the run has not, or that has no expression or no slides.

    Parameters
    ----------
    cohorts
        Name → complete settings.

    Raises
    ------
    InputError
        With the cohort and the key.
    """
    for name, values in cohorts.items():
        for outside in values.get("histology", {}).get("evaluate", {}).get("outside", []):
            where = f"Cohort {name}: histology.evaluate.outside names {outside}"
            if outside == name or outside not in cohorts:
                others = [other for other in cohorts if other != name]
                remedy = "" if outside == name else " Add it to cohorts in config/config.yaml."
                raise InputError(f"{where}, and must name another cohort of this run{suggest(outside, others)}{remedy}")
            lacking = [key for key in ("source", "histology") if key not in cohorts[outside]]
            if lacking or "source" not in values:
                raise InputError(
                    f"{where}, and both cohorts must have expression (source) and slides (histology); "
                    f"{outside if lacking else name} has no {lacking[0] if lacking else 'source'}."
                )
