"""The short functions by which the rules of the MRI wing ask for their files and settings."""

from syncohort.core.naming import FULL
from syncohort.sources.catalogue import volume_datasets_of

MRI = "results/{cohort}/mri"
VOLUME_MODEL = f"{MRI}/{{split}}/{{model}}"


def volume_folder(wildcards):
    """Folder that a cohort's volumes are read from: the user's, or one that the workflow makes."""
    kind, source = next(iter(setting("mri", "source")(wildcards).items()))
    made = {"simulated": "phantoms", "msd": "Task01_BrainTumour"}
    return source.get("folder") or f"results/{wildcards.cohort}/mri/{made[kind]}"


def volume_records(wildcards):
    """Records of the public datasets that a cohort's volumes come from."""
    return [dataset_record(dataset) for dataset in volume_datasets_of(setting("mri", "source")(wildcards))]


def volume_settings(wildcards):
    """Settings by which volumes are read; the phantoms lie in a folder as BraTS has it."""
    mri = setting("mri")(wildcards)
    read = {key: mri[key] for key in ("source", "modalities", "missing", "exclude", "labels")}
    kind, source = next(iter(mri["source"].items()))
    kind = "brats" if kind == "simulated" else kind
    return {**read, "source": {kind: {**source, "folder": volume_folder(wildcards)}}}


def volume_model(wildcards):
    """Settings of the image model that the wildcards name."""
    return setting("mri", "models")(wildcards)[wildcards.model]


def volume_models(cohort):
    """Final models of a cohort's images."""
    models = SETTINGS.cohorts[cohort].values["mri"]["models"]
    return expand(f"{VOLUME_MODEL}/model.safetensors", cohort=cohort, split=FULL, model=models)
