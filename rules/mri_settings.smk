"""The short functions by which the rules of the MRI wing ask for their files and settings."""

from syncohort.core.naming import REAL, fold_names

MRI = "results/{cohort}/mri"
MRI_MODEL = f"{MRI}/{{split}}/{{model}}"
SEGMENTER = f"{MRI}/segmenters/{{split}}/{{training}}/{{repeat}}"


def mri_model(wildcards):
    """Settings of the image model that the wildcards name."""
    return setting("mri", "models")(wildcards)[wildcards.model]


def mri_samples(wildcards):
    """How many subjects to make: some for each training subject, as the segmentation needs, and at least so many."""
    mri = setting("mri")(wildcards)
    # Their names end in the number of synthetic subjects for each real one, as in mixed-1x.
    needed = [int(name[-2]) for name in mri["segment"]["training_sets"] if name != REAL]
    return {"per_subject": max(needed, default=1), "number": mri["sample"]["number"]}


def exported_volumes(wildcards):
    """Synthetic subjects that users take away: those of the first model in the settings."""
    mri = setting("mri")(wildcards)
    synthetic = f"results/{wildcards.cohort}/mri/{mri['sample']['split']}/{next(iter(mri['models']))}/synthetic"
    return {"folder": synthetic, "record": f"{synthetic}.json"}


def synthetic_volumes(cohort):
    """Synthetic subjects of a cohort to take away."""
    return f"results/{cohort}/mri/synthetic"


def segmenter_material(wildcards):
    """Subjects of a training set: of `pix2pix.mixed-1x` the synthetic ones of the model pix2pix beside the real ones."""
    model, _, _ = wildcards.training.rpartition(".")
    synthetic = {"synthetic": f"{MRI_MODEL}/synthetic".format(model=model, **wildcards)} if model else {}
    return {"prepared": f"{MRI}/prepared".format(**wildcards), **synthetic}


def segmenter_settings(wildcards):
    """Settings by which a segmentation network is trained; how many there are changes none of them."""
    segment = setting("mri", "segment")(wildcards)
    return {key: value for key, value in segment.items() if key not in ("training_sets", "repeats")}


def segmenters(wildcards):
    """Segmentation networks that judge a model: training set and number of each."""
    segment = setting("mri", "segment")(wildcards)
    return [(name, repeat) for name in segment["training_sets"] for repeat in range(segment["repeats"])]


def segmenter_files(wildcards):
    """Weights of the segmentation networks that judge a model; those trained on real subjects judge all models."""
    return [
        expand(
            f"{SEGMENTER}/model.safetensors",
            training=name if name == REAL else f"{wildcards.model}.{name}",
            repeat=repeat,
            **wildcards,
        )[0]
        for name, repeat in segmenters(wildcards)
    ]


def mri_material(wildcards):
    """Everything on images that a cohort's report is made of."""
    mri = setting("mri")(wildcards)
    judged = ["metrics.tsv", "segmentation.tsv", "history.tsv", "model.json", "counterparts"]
    each = {**wildcards, "split": fold_names(mri["evaluate"]["folds"]), "model": mri["models"]}
    return [
        f"{MRI}/subjects.json".format(**wildcards),
        f"{MRI}/prepared".format(**wildcards),
        *expand(f"{MRI_MODEL}/{{file}}", file=judged, **each),
    ]
