"""The short functions by which the rules of the histology wing ask for their files and settings."""

HISTOLOGY = "results/{cohort}/histology"
EXPRESSION_CODE = f"{HISTOLOGY}/{{split}}"
TILE_MODEL = f"{HISTOLOGY}/{{split}}/{{model}}"


def image_folder(wildcards):
    """Folder that a cohort's images are read from: the user's, or the one that is simulated."""
    source = next(iter(setting("histology", "source")(wildcards).values()))
    return source.get("folder") or f"results/{wildcards.cohort}/histology/slides"


def image_settings(wildcards):
    """Settings by which images are read; simulated slides lie in a folder for each tissue."""
    histology = setting("histology")(wildcards)
    kind, source = next(iter(histology["source"].items()))
    if kind == "simulated":
        made = {"folder": image_folder(wildcards), "pattern": "{tissue}/{patient}.tiff", "tissue": ""}
        kind, source = "slides", {**made, "microns_per_pixel": None}
    return {"source": {kind: source}, "exclude": histology["exclude"]}


def tiles_are_ready(wildcards):
    """Whether a cohort's images are tiles already."""
    return "tiles" in setting("histology", "source")(wildcards)


def tile_model(wildcards):
    """Settings of the generator of tiles that the wildcards name."""
    return setting("histology", "models")(wildcards)[wildcards.model]


def told_to_generators(wildcards):
    """Codes of expression, where the cohort has it; all its models train on the same tiles, told or not."""
    return {"latents": f"{EXPRESSION_CODE}/latents.h5ad"} if has_wing(wildcards, "expression") else {}


def new_profiles(wildcards):
    """The matrix of new profiles, and the autoencoder that encodes them, where there is one."""
    profiles = setting("histology", "generate", "profiles")(wildcards)
    encoder = {
        "autoencoder": f"{EXPRESSION_CODE}/autoencoder.safetensors",
        "autoencoder_description": f"{EXPRESSION_CODE}/autoencoder.json",
    }
    return {"profiles": profiles, **encoder} if profiles else {}


def planted_slides(wildcards):
    """What is true of simulated slides."""
    simulated = "simulated" in setting("histology", "source")(wildcards)
    return {"planted": f"{HISTOLOGY}/simulated_slides.tsv".format(**wildcards)} if simulated else {}


def histology_results(cohort):
    """What a run makes of a cohort's slides: the synthetic tiles of every model, and a map of the code of expression."""
    histology = SETTINGS.cohorts[cohort].values["histology"]
    split = histology["generate"]["split"]
    code = [f"{split}/umap.tsv"] if "expression" in SETTINGS.cohorts[cohort].wings else []
    tiles = [f"{split}/{model}/synthetic" for model in histology["models"]]
    judged = [f"fold0/{model}/{file}" for model in histology["models"] for file in ("metrics.tsv", "quiz.html")]
    return expand("results/{cohort}/histology/{file}", cohort=cohort, file=[*code, *tiles, *judged])
