"""Settings that fit their schema and yet make no sense together."""

from collections.abc import Mapping
from typing import Any

from syncohort.core.errors import InputError, suggest
from syncohort.core.naming import IMAGE_WINGS
from syncohort.core.validation import show


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
    if "source" in values:
        _check_expression(values, where)
    if "mri" in values:
        _check_mri(values["mri"], values["splits"]["folds"], where)
    for wing in IMAGE_WINGS:
        if "labels" in values.get(wing, {}):
            _check_labels(values[wing]["labels"], wing, where)
    if "nodule" in values:
        _check_nodule(values, where)
    if "radiogenomics" in values:
        _check_radiogenomics(values, where)
    if "histology" in values:
        _check_histology(values, where)


def _check_mri(mri: dict[str, Any], folds: int, where: str) -> None:
    """Refuse settings of MRI that make no sense."""
    _check_judged_folds(mri, "mri", folds, where)
    images = mri["source"].get("folder", {}).get("images", dict.fromkeys(mri["modalities"], ""))
    absent = [modality for modality in mri["modalities"] if images[modality] is None]
    if absent:
        raise InputError(
            f"{where}: mri.modalities asks for {', '.join(absent)}, for which mri.source.folder.images has no pattern. "
            "Add the pattern, or take it out of mri.modalities."
        )
    for name, model in mri["models"].items():
        least, greatest = model["tumour_scale"]
        if least > greatest:
            raise InputError(
                f"{where}: mri.models.{name}.tumour_scale goes from {least:g} to {greatest:g}, and the first must not "
                "be greater. Exchange them."
            )
        if model["base"] == "painted" and model["condition"] == "sum":
            raise InputError(
                f"{where}: mri.models.{name} has base: painted and condition: sum, and a label in one channel cannot "
                "be painted class by class. Set base: none, or condition: tissue or one_hot."
            )


def _check_nodule(values: dict[str, Any], where: str) -> None:
    """Refuse settings of CT that make no sense."""
    nodule = values["nodule"]
    if "simulated" in nodule["source"] and "simulated" not in values.get("source", {}):
        raise InputError(
            f"{where}: nodule.source.simulated needs source.simulated, whose planted modules nodules follow. Measured "
            "patients have CT of their own."
        )
    conditioned = [name for name, model in nodule["models"].items() if model["conditioned"]]
    if conditioned and "source" not in values:
        raise InputError(
            f"{where}: nodule.models.{conditioned[0]} is told gene expression, and the cohort has none. Add source, or "
            "set conditioned: false."
        )
    made = next(iter(nodule["models"]))
    asked = [key for key in ("profiles", "interpolate") if nodule["sample"][key]]
    if asked and made not in conditioned:
        raise InputError(
            f"{where}: nodule.sample.{asked[0]} is about genes, and nodule.models.{made}, the first, whose slices are "
            "made, is told none. Put a model that is told genes first, or remove the key."
        )
    if nodule["map"]["labels"] and not conditioned:
        raise InputError(
            f"{where}: nodule.map.labels is about the map of the gene code, and no model is told genes. Remove the "
            "key, or add a model with conditioned: true."
        )
    _check_judged_folds(nodule, "nodule", values["splits"]["folds"], where)


def _check_judged_folds(settings: dict[str, Any], wing: str, folds: int, where: str) -> None:
    """Refuse to judge more folds than there are."""
    if settings["evaluate"]["folds"] > folds:
        raise InputError(
            f"{where}: {wing}.evaluate.folds is {settings['evaluate']['folds']}, and there are {folds} folds "
            "(splits.folds). Lower it, or raise splits.folds."
        )


def _check_labels(labels: dict[str, list[int]], wing: str, where: str) -> None:
    """Refuse a label that means two things."""
    numbers = [number for numbers in labels.values() for number in numbers]
    twice = next((number for number in numbers if numbers.count(number) > 1), None)
    if twice is not None:
        raise InputError(f"{where}: {wing}.labels gives the label {twice} twice. Every label means one thing.")


def _check_radiogenomics(values: dict[str, Any], where: str) -> None:
    """Refuse settings of radiogenomics that make no sense."""
    settings = values["radiogenomics"]
    [features] = settings["features"]
    if features == "labels" and "mri" not in values:
        raise InputError(
            f"{where}: radiogenomics.features.labels measures the tumours of mri, and the cohort has none. Add mri, "
            f"or give "
            "a table of features (radiogenomics.features.table)."
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


def _check_histology(values: dict[str, Any], where: str) -> None:
    """Refuse settings of histology that make no sense."""
    _check_judged_folds(values["histology"], "histology", values["splits"]["folds"], where)
    if "simulated" in values["histology"]["source"] and "simulated" not in values.get("source", {}):
        raise InputError(
            f"{where}: histology.source.simulated needs source.simulated, whose planted modules the cells follow. "
            "Measured patients have slides or tiles."
        )
    if values["histology"]["generate"]["profiles"] and "source" not in values:
        raise InputError(
            f"{where}: histology.generate.profiles needs a code of expression, and the cohort has none. Add source, or "
            "remove profiles."
        )
    for name, model in values["histology"]["models"].items():
        if "source" not in values and model["condition"] == "expression":
            raise InputError(
                f"{where}: histology.models.{name} makes tiles of expression, and the cohort has none. Add source, or "
                "train on noise alone: models: {gan: {condition: noise}}."
            )


def _check_expression(values: dict[str, Any], where: str) -> None:
    """Refuse settings of expression that make no sense."""
    expression, covariates = values["expression"], values["covariates"]
    pathway = expression["pathway"]
    if "pathway" in expression["selections"] and not pathway["genes"]:
        given = [key for key in ("kegg", "gene_sets") if pathway[key]]
        if len(given) != 1:
            raise InputError(
                f"{where}: selection pathway needs one of expression.pathway.kegg, gene_sets (with name) or genes, "
                f"found {' and '.join(given) or 'nothing'}."
            )
        if given == ["gene_sets"] and not pathway["name"]:
            raise InputError(
                f"{where}: expression.pathway.gene_sets needs expression.pathway.name, the set to take; found nothing."
            )
    if "list" in expression["selections"] and not (expression["list"]["genes"] or expression["list"]["file"]):
        raise InputError(
            f"{where}: the selection list needs genes, found none. Give expression.list.genes or expression.list.file."
        )
    if values["samples"]["keep"] and "simulated" in values["source"]:
        raise InputError(
            f"{where}: samples.keep chooses by columns of a sample sheet, and a simulated cohort has none. Remove it."
        )
    known = ["condition", *covariates["categorical"], *covariates["numeric"]]
    for name, value in expression["sample"]["covariates"].items():
        if name not in known:
            raise InputError(
                f"{where}: expression.sample.covariates names {name}, which is no covariate of this cohort"
                f"{suggest(name, known)} Known: {', '.join(known)}."
            )
        if name in covariates["numeric"]:
            try:
                expression["sample"]["covariates"][name] = float(value)
            except ValueError:
                raise InputError(
                    f"{where}: expression.sample.covariates.{name} must be a number, for {name} is a numeric "
                    f"covariate; found {show(value)}."
                ) from None
