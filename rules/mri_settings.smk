"""The short functions by which the rules of the MRI wing ask for their files and settings."""

from syncohort.core.naming import FULL

MRI = "results/{cohort}/mri"
VOLUME_MODEL = f"{MRI}/{{split}}/{{model}}"


def volume_model(wildcards):
    """Settings of the image model that the wildcards name."""
    return setting("mri", "models")(wildcards)[wildcards.model]


def volume_models(cohort):
    """Final models of a cohort's images."""
    models = SETTINGS.cohorts[cohort].values["mri"]["models"]
    return expand(f"{VOLUME_MODEL}/model.safetensors", cohort=cohort, split=FULL, model=models)
