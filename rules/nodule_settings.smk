"""The short functions by which the rules of the nodule wing ask for their files."""

from syncohort.core.naming import fold_names

NODULE = "results/{cohort}/nodule"
NODULE_MODEL = f"{NODULE}/{{split}}/{{model}}"

DETECTOR = f"{NODULE}/{{split}}/detector"


def nodule_model(wildcards):
    """Settings of the generator of nodules that the wildcards name."""
    return setting("nodule", "models")(wildcards)[wildcards.model]


def nodule_expression(wildcards):
    """The cohort's expression, where the model is told any."""
    return {"cohort": f"results/{wildcards.cohort}/cohort.h5ad"} if nodule_model(wildcards)["conditioned"] else {}


def sampled_model(wildcards):
    """Settings of the generator whose slices users take away, the first in the settings."""
    return next(iter(setting("nodule", "models")(wildcards).values()))


def further_profiles(wildcards):
    """The user's table of further profiles, where there is one."""
    profiles = setting("nodule", "sample", "profiles")(wildcards)
    return {"profiles": profiles} if profiles else {}


def sampled_profiles(wildcards):
    """The cohort's expression, and the user's table of further profiles, where the model is told any."""
    given = nodule_expression(wildcards)
    return given | (further_profiles(wildcards) if given else {})


def requests_of_model(wildcards):
    """What was looked for before the training of a model that is told genes; a later look for more changes no slice."""
    told = nodule_model(wildcards)["conditioned"]
    return [ancient(f"results/{wildcards.cohort}/nodule/requests.json")] if told else []


def names_of_covariates(wildcards):
    """Names of the cohort's covariates, by which patients are told apart beside their images."""
    covariates = setting("covariates")(wildcards)
    return [*covariates["categorical"], *covariates["numeric"]]


def planted_gene_sets(wildcards):
    """The planted gene sets of a simulated cohort, whose modules nodules follow; none of patients."""
    planted = "simulated" in setting("nodule", "source")(wildcards)
    return {"gene_sets": f"results/{wildcards.cohort}/gene_sets.gmt"} if planted else {}


def clinical_table(wildcards):
    """The clinical table of a cohort's CT, where its source has one."""
    clinical = clinical_datasets_of(setting("nodule", "source")(wildcards))
    return {"clinical": f"results/{wildcards.cohort}/nodule/clinical.tsv"} if clinical else {}


def nodule_material(wildcards):
    """Everything on nodules that a cohort's report is made of."""
    nodule = setting("nodule")(wildcards)
    judged = ["metrics.tsv", "conditioning.tsv", "modules.tsv", "preservation.json", "attributions.tsv",
              "attributed_modules.tsv", "examples.tsv", "history.tsv", "model.json"]  # fmt: skip
    mapped = ["map.tsv", "map_variables.tsv", "separability.tsv"]
    told = [name for name, model in nodule["models"].items() if model["conditioned"]]
    each = {**wildcards, "split": fold_names(nodule["evaluate"]["folds"])}
    return [
        f"{NODULE}/subjects.json".format(**wildcards),
        *expand(f"{NODULE_MODEL}/{{file}}", file=judged, model=nodule["models"], **each),
        *expand(f"{NODULE_MODEL}/{{file}}", file=mapped, model=told, **each),
    ]


def exported_slices(wildcards):
    """Synthetic slices that users take away: those of the first model in the settings."""
    nodule = setting("nodule")(wildcards)
    made = f"results/{wildcards.cohort}/nodule/{nodule['sample']['split']}/{next(iter(nodule['models']))}/synthetic"
    return {"content": f"{made}.safetensors", "table": f"{made}.tsv", "description": f"{made}.json"}


def synthetic_slices(cohort):
    """Synthetic slices of a cohort to take away."""
    return f"results/{cohort}/nodule/synthetic"


def clinical_records(wildcards):
    """Records of the datasets with the clinical table of a cohort's CT."""
    return [dataset_record(dataset) for dataset in clinical_datasets_of(setting("nodule", "source")(wildcards))]


def nodule_tables(cohort):
    """Tables of a cohort's CT: its subjects, its splits and, where the source has one, its clinical table."""
    clinical = clinical_datasets_of(SETTINGS.cohorts[cohort].values["nodule"]["source"])
    tables = ["nodule/subjects", "splits", *(["nodule/clinical"] if clinical else [])]
    return expand("results/{cohort}/{table}.tsv", cohort=cohort, table=tables)
