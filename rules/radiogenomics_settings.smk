"""The short functions by which the rules of the radiogenomics wing ask for their files and settings."""

from syncohort.core.naming import fold_names

RADIOGENOMICS = "results/{cohort}/radiogenomics"
PREDICTOR = f"{RADIOGENOMICS}/{{split}}/{{model}}"


def cohorts_with_features(source):
    """Regular expression of the cohorts whose image features come from a source."""
    imaged = cohorts_with("radiogenomics")
    return one_of(name for name in imaged if source in SETTINGS.cohorts[name].values["radiogenomics"]["features"])


def tumour_labels(wildcards):
    """Manifest of the label volumes that are measured: planted ones, or those of the cohort's MRI."""
    planted = "simulated" in setting("radiogenomics", "features")(wildcards)
    return f"results/{wildcards.cohort}/" + ("radiogenomics/tumours.tsv" if planted else "mri/subjects.tsv")


def feature_table(wildcards):
    """The user's table of image features."""
    return setting("radiogenomics", "features", "table")(wildcards)["file"]


def predictor_settings(wildcards):
    """Settings of the model of image features that the wildcards name."""
    return setting("radiogenomics", "models")(wildcards)[wildcards.model]


def pretrained_encoder(wildcards):
    """The autoencoder's weights, where the model starts from them."""
    pretrained = predictor_settings(wildcards).get("pretrained")
    return (
        {"encoder": expand(f"{RADIOGENOMICS}/{{split}}/autoencoder.safetensors", **wildcards)[0]} if pretrained else {}
    )


def fold_predictions(wildcards):
    """Predictions of every model in every fold."""
    folds = fold_names(setting("splits", "folds")(wildcards))
    models = setting("radiogenomics", "models")(wildcards)
    return {model: expand(f"{PREDICTOR}/predictions.tsv", split=folds, model=model, **wildcards) for model in models}


def explained_networks(wildcards):
    """The first network's weights in every fold; none where the cohort trains no network."""
    models = trained_models(setting("radiogenomics", "models")(wildcards), "radiogenomics")
    folds = fold_names(setting("splits", "folds")(wildcards))
    return {"weights": expand(f"{PREDICTOR}/model.safetensors", split=folds, model=models[:1], **wildcards)}


def radiogenomic_material(wildcards):
    """What the report tells of a cohort's radiogenomics."""
    files = ["patients.tsv", "scores.tsv", "comparisons.tsv", "associations.tsv", "false_alarms.json", "modules.json"]
    models = setting("radiogenomics", "models")(wildcards)
    files += ["attributions.tsv", "enrichment.tsv"] if trained_models(models, "radiogenomics") else []
    return expand(f"{RADIOGENOMICS}/{{file}}", file=files, **wildcards)
