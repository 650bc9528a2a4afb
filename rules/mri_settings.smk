"""The short functions by which the rules of the MRI wing ask for their files and settings."""

MRI = "results/{cohort}/mri"
VOLUME_MODEL = f"{MRI}/{{split}}/{{model}}"


def volume_folder(wildcards):
    """Folder that a cohort's volumes are read from: the user's, or that of the phantoms."""
    kind, source = next(iter(setting("mri", "source")(wildcards).items()))
    return expand(f"{MRI}/phantoms", **wildcards)[0] if kind == "simulated" else source["folder"]


def volume_settings(wildcards):
    """Settings by which volumes are read; the phantoms lie in a folder as BraTS has it."""
    mri = setting("mri")(wildcards)
    read = {key: mri[key] for key in ("source", "modalities", "missing", "exclude", "labels")}
    return {**read, "source": {"brats": {"folder": volume_folder(wildcards)}}} if "simulated" in mri["source"] else read


def volume_model(wildcards):
    """Settings of the image model that the wildcards name."""
    return setting("mri", "models")(wildcards)[wildcards.model]


def volume_models(cohort):
    """Final models of a cohort's images."""
    models = SETTINGS.cohorts[cohort].values["mri"]["models"]
    return expand(f"{VOLUME_MODEL}/model.safetensors", cohort=cohort, split=FULL, model=models)
