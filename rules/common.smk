"""Cohorts, wildcards and the short functions by which rules ask for their settings."""

import json
import re
import shlex

from snakemake.exceptions import WorkflowError

from syncohort.core.config import load_settings
from syncohort.core.errors import InputError
from syncohort.core.naming import FULL, fold_names
from syncohort.core.seeding import derive_seed


def named_files(values):
    """Files that a cohort's settings name and its jobs read, each after its key; None where none is given."""
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


def seed_of(stage):
    """Give the function of the wildcards that derives the seed of a stage's job."""
    return lambda wildcards: derive_seed(SETTINGS.seed, stage, *wildcards)


def cohorts_from(source):
    """Regular expression of the cohorts with a source, which matches nothing when there are none."""
    names = [name for name, cohort in SETTINGS.cohorts.items() if source in cohort.values["source"]]
    return "|".join(map(re.escape, names)) or "(?!)"


def local_files(wildcards):
    """Files of a local source: the matrices and, where given, the sample sheet."""
    local = setting("source", "local")(wildcards)
    return {name: local[name] for name in ("matrix", "samples") if local[name]}


def selection_evidence(wildcards):
    """Files by which a selection chooses genes, besides the cohort itself."""
    expression = setting("expression")(wildcards)
    pathway, listed = expression["pathway"], expression["list"]
    if wildcards.selection == "deg":
        return {name: expand(f"{STATISTICS}/{name}.tsv", **wildcards)[0] for name in ("test", "fold_change")}
    if wildcards.selection == "pathway" and not pathway["genes"]:
        return {"gene_sets": pathway["gene_sets"]}
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
        *expand(f"{MODEL}/history.tsv", split=[FULL, *folds], **each),
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
