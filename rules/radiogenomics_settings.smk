"""The short functions by which the rules of the radiogenomics wing ask for their files and settings."""

from syncohort.core.naming import fold_names

RADIOGENOMICS = "results/{cohort}/radiogenomics"
PREDICTOR = f"{RADIOGENOMICS}/{{split}}/{{model}}"
# Tables on the models of all folds.
EVALUATIONS = ["scores", "comparisons", "average_errors", "feature_errors", "permutations", "searches"]


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
    """Settings by which the model of image features that the wildcards name is fitted."""
    model = setting("radiogenomics", "models")(wildcards)[wildcards.model]
    return {key: value for key, value in model.items() if key != "permutations"}


def permutations_of(wildcards):
    """Permutations by which the model of the wildcards is tested."""
    return setting("radiogenomics", "models")(wildcards)[wildcards.model]["permutations"]


def seed_of_permutations(wildcards):
    """Seed of the permutations, the same for all models and folds of a cohort."""
    return derive_seed(SETTINGS.seed, "permute", wildcards.cohort)


def pretrained_encoder(wildcards):
    """The autoencoder's weights, where the model starts from them."""
    pretrained = predictor_settings(wildcards).get("pretrained")
    return (
        {"encoder": expand(f"{RADIOGENOMICS}/{{split}}/autoencoder.safetensors", **wildcards)[0]} if pretrained else {}
    )


def reported_searches(wildcards):
    """The searches of all folds, where learning rates are chosen as published; a strict fold makes its own."""
    model, published = predictor_settings(wildcards), setting("radiogenomics", "protocol")(wildcards) == "paper"
    if not published or all(len(model.get(key, [])) < 2 for key in ("learning_rates", "decays")):
        return {}
    folds = radiogenomic_folds(wildcards)
    return {"searches": expand(f"{PREDICTOR}/reported.search.tsv", **{**wildcards, "split": folds})}


def radiogenomic_folds(wildcards):
    """Names of the folds."""
    return fold_names(setting("splits", "folds")(wildcards))


def evaluated_models(wildcards):
    """What is known of the models of all folds: predictions, errors under permutation, and searches."""
    models = setting("radiogenomics", "models")(wildcards)
    networks = trained_models(models, "radiogenomics")
    parts = {
        "predictions": (f"{PREDICTOR}/predictions.tsv", models),
        "permuted": (f"{PREDICTOR}/permuted.tsv", [name for name in models if models[name]["permutations"]]),
        "searches": (f"{PREDICTOR}/search.tsv", networks),
    }
    folds = radiogenomic_folds(wildcards)
    files = {part: expand(path, split=folds, model=names, **wildcards) for part, (path, names) in parts.items()}
    if any(models[name].get("pretrained") for name in networks):
        files["searches"] += expand(f"{RADIOGENOMICS}/{{split}}/autoencoder.search.tsv", split=folds, **wildcards)
    return files


def explained_networks(wildcards):
    """The first network's weights in every fold; none where the cohort trains no network."""
    models = trained_models(setting("radiogenomics", "models")(wildcards), "radiogenomics")
    folds = radiogenomic_folds(wildcards)
    return {"weights": expand(f"{PREDICTOR}/model.safetensors", split=folds, model=models[:1], **wildcards)}


def radiogenomic_material(wildcards):
    """What the report tells of a cohort's radiogenomics."""
    files = ["patients.tsv", "associations.tsv", "false_alarms.json", "modules.json"]
    files += [f"{table}.tsv" for table in EVALUATIONS]
    models = setting("radiogenomics", "models")(wildcards)
    files += ["attributions.tsv", "enrichment.tsv"] if trained_models(models, "radiogenomics") else []
    return [
        *expand(f"{RADIOGENOMICS}/{{file}}", file=files, **wildcards),
        *evaluated_models(wildcards)["predictions"],
    ]
