"""Cohorts, wildcards and the short functions by which rules ask for their settings."""

import json
import re
import shlex

from snakemake.exceptions import WorkflowError

from syncohort.core.config import load_settings
from syncohort.core.errors import InputError
from syncohort.core.kinds import is_own, read_kind
from syncohort.core.naming import FULL, REAL, fold_names
from syncohort.core.seeding import derive_seed
from syncohort.sources.catalogue import PUBLIC, datasets_of, volume_datasets_of


def named_files(values):
    """Files that a cohort's settings name and its jobs read, each after its key; None where none is given."""
    for kind, source in values.get("mri", {}).get("source", {}).items():
        yield f"mri.source.{kind}.folder", source.get("folder")
    if "source" not in values:
        return
    local, expression = values["source"].get("local"), values["expression"]
    if local:
        yield from (("source.local.matrix", path) for path in local["matrix"])
        yield "source.local.samples", local["samples"]
    if expression["pathway"]["gene_sets"]:
        yield "expression.pathway.gene_sets", expression["pathway"]["gene_sets"]
    if "list" in expression["selections"]:
        yield "expression.list.file", expression["list"]["file"]


def require_files(cohorts):
    """Stop before any job when a file that the settings name is missing; those in results/ the workflow makes."""
    for name, cohort in cohorts.items():
        for key, path in named_files(cohort.values):
            if path and Path(path).parts[0] != "results" and not Path(path).exists():
                raise InputError(
                    f"Cohort {name}: {key} names {path}, and there is no such file in {Path.cwd()}. "
                    "Correct the path or put the file there."
                )


try:
    SETTINGS = load_settings(config, [Path("config/cohorts"), Path(workflow.basedir) / "config/cohorts"])
    require_files(SETTINGS.cohorts)
except InputError as error:
    raise WorkflowError(str(error)) from None


wildcard_constraints:
    cohort="[A-Za-z0-9][A-Za-z0-9_-]*",
    selection="deg|pathway|list|all",
    split=r"full|fold\d+",
    model="[a-z0-9][a-z0-9-]*",
    training=r"real|[a-z0-9][a-z0-9-]*\.(synthetic|mixed)-\dx",
    repeat=r"\d+",


def setting(*keys):
    """Give the function of the wildcards that finds a setting of their cohort."""

    def find(wildcards):
        value = SETTINGS.cohorts[wildcards.cohort].values
        for key in keys:
            value = value[key]
        return value

    return find


def model_setting(wildcards):
    """Settings of the model that the wildcards name."""
    return setting("expression", "models")(wildcards)[wildcards.model]


def own_code(wildcards):
    """The file of a generator of the user's own: a change of it re-runs its jobs."""
    kind = model_setting(wildcards)["kind"]
    return {"code": kind} if is_own(kind) else {}


def trained_models(models):
    """Names of the models that train a network."""
    return [name for name, model in models.items() if read_kind(model["kind"], "expression").trained]


def models_that(train):
    """Regular expression of the models, of any cohort, that train a network or that do not."""
    every = {}
    for name in cohorts_with("expression"):
        every |= SETTINGS.cohorts[name].values["expression"]["models"]
    trained = trained_models(every)
    return one_of(trained if train else every.keys() - trained)


def one_of(names):
    """Regular expression of some names, which matches nothing when there are none."""
    return "|".join(map(re.escape, sorted(names))) or "(?!)"


def seed_of(stage):
    """Give the function of the wildcards that derives the seed of a stage's job."""
    return lambda wildcards: derive_seed(SETTINGS.seed, stage, *wildcards)


def cohorts_with(wing):
    """Names of the cohorts that have data for a wing."""
    return [name for name, cohort in SETTINGS.cohorts.items() if wing in cohort.wings]


def cohort_patients(wildcards):
    """Files with the patients of every wing of a cohort."""
    files = {"expression": "cohort.h5ad", "mri": "mri/subjects.tsv"}
    return {wing: f"results/{wildcards.cohort}/{files[wing]}" for wing in SETTINGS.cohorts[wildcards.cohort].wings}


def cohorts_from(*sources):
    """Regular expression of the cohorts with one of the sources, which matches nothing when there are none."""
    expression = cohorts_with("expression")
    return one_of(name for name in expression if not SETTINGS.cohorts[name].values["source"].keys().isdisjoint(sources))


def local_files(wildcards):
    """Files of a local source: the matrices and, where given, the sample sheet."""
    local = setting("source", "local")(wildcards)
    return {name: local[name] for name in ("matrix", "samples") if local[name]}


def dataset_record(dataset):
    """Record of a public dataset, as in `kegg/hsa05211`, that is written once its files are whole."""
    return f"{SETTINGS.cache}/{dataset}/dataset.json"


def public_records(wildcards):
    """Records of the datasets that a public source's cohort is read from."""
    return [dataset_record(dataset) for dataset in datasets_of(setting("source")(wildcards))]


def public_datasets(values):
    """Public datasets that a cohort's settings name: those of its sources, and its pathway."""
    volumes = volume_datasets_of(values["mri"]["source"]) if "mri" in values else []
    if "source" not in values:
        return volumes
    selections, pathway = values["expression"]["selections"], values["expression"]["pathway"]
    kegg = "pathway" in selections and pathway["kegg"] and not pathway["genes"]
    return datasets_of(values["source"]) + volumes + ([f"kegg/{pathway['kegg']}"] if kegg else [])


def selection_evidence(wildcards):
    """Files by which a selection chooses genes, besides the cohort itself."""
    expression = setting("expression")(wildcards)
    pathway, listed = expression["pathway"], expression["list"]
    if wildcards.selection == "deg":
        return {name: expand(f"{STATISTICS}/{name}.tsv", **wildcards)[0] for name in ("test", "fold_change")}
    if wildcards.selection == "pathway" and not pathway["genes"]:
        kegg = pathway["kegg"] and dataset_record(f"kegg/{pathway['kegg']}")
        return {"kegg": kegg} if kegg else {"gene_sets": pathway["gene_sets"]}
    if wildcards.selection == "list" and listed["file"]:
        return {"file": listed["file"]}
    return {}


def named_gene_sets(wildcards):
    """File of gene sets, where the settings name one."""
    path = setting("expression", "pathway", "gene_sets")(wildcards)
    return {"gene_sets": path} if path else {}


def selection_settings(wildcards):
    """Settings by which a selection chooses genes; those of another selection would re-run it for nothing."""
    expression = setting("expression")(wildcards)
    if wildcards.selection == "deg":
        return {"threshold": expression["fold_change"]["threshold"], "alpha": expression["test"]["alpha"]}
    return expression[wildcards.selection]


def sample_settings(wildcards):
    """Settings by which a split's model is sampled: the cohort to take away, or draws for the scores of a fold."""
    expression = setting("expression")(wildcards)
    return expression["sample"] if wildcards.split == FULL else {"draws": expression["evaluate"]["draws"]}


def fold_scores(wildcards):
    """Scores, learning curves and self-tests of every fold of a model."""
    folds = fold_names(setting("splits", "folds")(wildcards))
    return {table: expand(f"{MODEL}/{table}.tsv", split=folds, **wildcards) for table in JUDGED}


def exported_model(wildcards):
    """Final synthetic cohort of the model that users take away: the first in the settings."""
    first = next(iter(setting("expression", "models")(wildcards)))
    return expand(f"{MODEL}/synthetic.h5ad", split=FULL, model=first, **wildcards)


def synthetic_cohorts(cohort):
    """Synthetic cohorts that users take away."""
    selections = SETTINGS.cohorts[cohort].values["expression"]["selections"]
    return expand("results/{cohort}/expression/{selection}/synthetic.h5ad", cohort=cohort, selection=selections)


def report_material(wildcards):
    """Everything a cohort's report is made of."""
    expression = setting("expression")(wildcards)
    folds = fold_names(setting("splits", "folds")(wildcards))
    each = {**wildcards, "selection": expression["selections"], "model": list(expression["models"])}
    statistics = ["removed", "test", "fold_change"] if "deg" in expression["selections"] else ["removed"]
    return [
        *expand(f"{STATISTICS}/{{table}}.tsv", split=FULL, table=statistics, **each),
        *expand(f"{SELECTION}/genes.tsv", split=[FULL, *folds], **each),
        *expand(
            f"{MODEL}/history.tsv", split=[FULL, *folds], **{**each, "model": trained_models(expression["models"])}
        ),
        *expand(f"{MODEL}/{{file}}", split=FULL, file=["model.json", "synthetic.h5ad"], **each),
        *expand(f"{MODEL}/metrics.tsv", split=folds, **each),
        *expand(f"{CROSS_VALIDATION}{{ending}}.tsv", ending=["", ".learning_curve", ".self_test"], **each),
    ]


def reproduction(wildcards):
    """Commands that make a cohort's results again."""
    given = {"cohorts": [wildcards.cohort], "seed": SETTINGS.seed, "overrides": config.get("overrides")}
    options = [shlex.quote(f"{key}={json.dumps(value)}") for key, value in given.items() if value not in (None, {})]
    return [f"snakemake --cores all --config {' '.join(options)}"]


def memory(base, per_input=0):
    """Give the function for megabytes of memory: a base, some per megabyte of input, and more at every attempt.

    A group of jobs is asked before its first has run: what they pass to each other is small and counts nothing then.
    """

    def megabytes(wildcards, input, attempt):
        made = [path for path in input if Path(path).exists()]
        # With nothing made, size_mb raises and Snakemake asks again later.
        size_mb = sum(Path(path).stat().st_size for path in made) / 1e6 if made else input.size_mb
        return int((base + per_input * size_mb) * attempt)

    return megabytes if per_input else lambda wildcards, attempt: base * attempt


def minutes(number):
    """Give the function for minutes of wall time, more at every attempt."""
    return lambda wildcards, attempt: number * attempt
