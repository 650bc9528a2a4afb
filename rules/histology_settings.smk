"""The short functions by which the rules of the histology wing ask for their files and settings."""

from syncohort.core.naming import fold_names

HISTOLOGY = "results/{cohort}/histology"
EXPRESSION_CODE = f"{HISTOLOGY}/{{split}}"
TILE_EXTRACTOR = f"{HISTOLOGY}/{{split}}/extractor"
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
    return {"source": {kind: source}, "exclude": histology["exclude"], "tissue": histology["tissue"]}


def samples_of_slides(wildcards):
    """The cohort of expression whose samples the slides meet, where there is one."""
    return {"cohort": f"results/{wildcards.cohort}/cohort.h5ad"} if has_wing(wildcards, "expression") else {}


def tiles_are_ready(wildcards):
    """Whether a cohort's images are tiles already."""
    return "tiles" in setting("histology", "source")(wildcards)


def tile_model(wildcards):
    """Settings of the generator of tiles that the wildcards name."""
    return setting("histology", "models")(wildcards)[wildcards.model]


def told_to_generators(wildcards):
    """Codes of expression, where the cohort has it; all its models train on the same tiles, told or not."""
    return {"latents": f"{EXPRESSION_CODE}/latents.h5ad"} if has_wing(wildcards, "expression") else {}


def tile_extractor(wildcards):
    """Weights and description of the network by whose features tiles are compared, the user's or the one trained."""
    given = setting("histology", "extractor", "weights")(wildcards)
    trained = [f"{TILE_EXTRACTOR}.{kind}" for kind in ("safetensors", "json")]
    return [path.format(**wildcards) for path in ([given, f"{HISTOLOGY}/extractor.json"] if given else trained)]


def new_profiles(wildcards):
    """New profiles, as they were read, and the autoencoder that encodes them, where there are any."""
    if not setting("histology", "generate", "profiles")(wildcards):
        return {}
    return {
        "profiles": f"{HISTOLOGY}/profiles.tsv",
        "autoencoder": f"{EXPRESSION_CODE}/autoencoder.safetensors",
        "autoencoder_description": f"{EXPRESSION_CODE}/autoencoder.json",
    }


def planted_slides(wildcards):
    """What is true of simulated slides."""
    simulated = "simulated" in setting("histology", "source")(wildcards)
    return {"planted": f"{HISTOLOGY}/simulated_slides.tsv".format(**wildcards)} if simulated else {}


def of_outside(*keys):
    """Give the function that finds a setting of the histology of the other cohort that the wildcards name."""

    def find(wildcards):
        value = SETTINGS.cohorts[wildcards.outside].values["histology"]
        for key in keys:
            value = value[key]
        return value

    return find


def outside_expression(wildcards):
    """Expression of the other cohorts that generators are told."""
    return [f"results/{name}/cohort.h5ad" for name in setting("histology", "evaluate", "outside")(wildcards)]


def outside_material(wildcards):
    """Expression, tiles and, where they are simulated, the truth of another cohort."""
    folder = f"results/{wildcards.outside}"
    files = {"cohort": f"{folder}/cohort.h5ad"}
    files |= {"tiles": f"{folder}/histology/tiles.zip", "table": f"{folder}/histology/tiles.tsv"}
    simulated = "simulated" in of_outside("source")(wildcards)
    return files | ({"planted": f"{folder}/histology/simulated_slides.tsv"} if simulated else {})


def histology_material(wildcards):
    """Everything on histology that a cohort's report is made of."""
    histology = setting("histology")(wildcards)
    folds = fold_names(histology["evaluate"]["folds"])
    judged = ["metrics.tsv", "distances.tsv", "cells.tsv", "steering.tsv", "history.tsv", "model.json"]
    shown = ["synthetic", "quiz.html"]
    each = {**wildcards, "model": histology["models"]}
    told = [name for name, model in histology["models"].items() if model["condition"] == "expression"]
    others = {**wildcards, "split": folds[0], "model": told, "outside": histology["evaluate"]["outside"]}
    return [
        *expand(f"{HISTOLOGY}/{{file}}", file=["tiles.tsv", "tiles.zip"], **wildcards),
        *expand(f"{TILE_MODEL}/{{file}}", file=judged, split=folds, **each),
        *expand(f"{TILE_MODEL}/{{file}}", file=shown, split=folds[0], **each),
        *expand(f"{TILE_MODEL}/outside/{{outside}}.tsv", **others),
        *(
            expand(f"{EXPRESSION_CODE}/map.tsv", split=folds[0], **wildcards)
            if has_wing(wildcards, "expression")
            else []
        ),
    ]


def synthetic_tiles(cohort):
    """Synthetic tiles of a cohort to take away, those of every model."""
    histology = SETTINGS.cohorts[cohort].values["histology"]
    made = f"{TILE_MODEL}/synthetic"
    return expand(made, cohort=cohort, split=histology["generate"]["split"], model=histology["models"])
