"""Settings of the wings of images that make no sense."""

from typing import Any

from syncohort.core.errors import InputError


def check_mri(mri: dict[str, Any], folds: int, where: str) -> None:
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


def check_nodule(values: dict[str, Any], where: str) -> None:
    """Refuse settings of CT that make no sense."""
    nodule = values["nodule"]
    if "patches" in nodule["source"]:
        black, white = nodule["source"]["patches"]["window"]
        if black >= white:
            raise InputError(
                f"{where}: nodule.source.patches.window goes from {black:g} to {white:g} HU, and white must be above "
                "black. Exchange them."
            )
    if "patches" in nodule["source"] and nodule["prepare"]["backgrounds"] == "lung":
        raise InputError(
            f"{where}: nodule.source.patches shows no lung around nodules, and nodule.prepare.backgrounds is lung. Set "
            "it to inpainted."
        )
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


def check_histology(values: dict[str, Any], where: str) -> None:
    """Refuse settings of histology that make no sense."""
    histology = values["histology"]
    _check_judged_folds(histology, "histology", values["splits"]["folds"], where)
    if "simulated" in histology["source"] and "simulated" not in values.get("source", {}):
        raise InputError(
            f"{where}: histology.source.simulated needs source.simulated, whose planted modules the cells follow. "
            "Measured patients have slides or tiles."
        )
    asked = [key for key in ("profiles", "patients") if histology["generate"][key]]
    if asked and "source" not in values:
        raise InputError(
            f"{where}: histology.generate.{asked[0]} needs a code of expression, and the cohort has none. Add source, "
            f"or remove {asked[0]}."
        )
    for name, model in histology["models"].items():
        if "source" not in values and model["condition"] == "expression":
            raise InputError(
                f"{where}: histology.models.{name} makes tiles of expression, and the cohort has none. Add source, or "
                "train on noise alone: models: {gan: {condition: noise}}."
            )


def check_patterns(source: dict[str, Any], wing: str, where: str) -> None:
    """Refuse a pattern of images that is that of the labels as well."""
    for modality, pattern in source.get("images", {}).items():
        if pattern == source["label"]:
            raise InputError(
                f"{where}: {wing}.source.folder.label and images.{modality} have the same pattern, {pattern}. Give "
                "that of the labels."
            )


def check_labels(labels: dict[str, list[int]], wing: str, where: str) -> None:
    """Refuse a label that means two things."""
    numbers = [number for numbers in labels.values() for number in numbers]
    twice = next((number for number in numbers if numbers.count(number) > 1), None)
    if twice is not None:
        raise InputError(f"{where}: {wing}.labels gives the label {twice} twice. Every label means one thing.")


def _check_judged_folds(settings: dict[str, Any], wing: str, folds: int, where: str) -> None:
    """Refuse to judge more folds than there are."""
    if settings["evaluate"]["folds"] > folds:
        raise InputError(
            f"{where}: {wing}.evaluate.folds is {settings['evaluate']['folds']}, and there are {folds} folds "
            "(splits.folds). Lower it, or raise splits.folds."
        )
