"""Cohorts, wildcards and the short functions by which rules ask for their settings."""

import json
import re
import shlex

from snakemake.exceptions import WorkflowError

from syncohort.core.config import load_settings
from syncohort.core.errors import InputError
from syncohort.core.kinds import read_kind
from syncohort.core.input_files import require_files
from syncohort.core.seeding import derive_seed

try:
    SETTINGS = load_settings(config, [Path("config/cohorts"), Path(workflow.basedir) / "config/cohorts"])
    for cohort in SETTINGS.cohorts.values():
        require_files(cohort.name, cohort.values)
except InputError as error:
    raise WorkflowError(str(error)) from None


wildcard_constraints:
    cohort="[A-Za-z0-9][A-Za-z0-9_-]*",
    selection="deg|pathway|list|all",
    split=r"full|fold\d+",
    model="[a-z0-9][a-z0-9-]*",
    outside="[A-Za-z0-9][A-Za-z0-9_-]*",
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


def one_of(names):
    """Regular expression of some names, which matches nothing when there are none."""
    return "|".join(map(re.escape, sorted(names))) or "(?!)"


def seed_of(stage):
    """Give the function of the wildcards that derives the seed of a stage's job."""
    return lambda wildcards: derive_seed(SETTINGS.seed, stage, *wildcards)


def cohorts_with(*wings):
    """Names of the cohorts that have data for any of the wings."""
    return [name for name, cohort in SETTINGS.cohorts.items() if not set(wings).isdisjoint(cohort.wings)]


def trained_models(models, wing):
    """Names of the models that train a network."""
    return [name for name, model in models.items() if read_kind(model["kind"], wing).trained]


def models_that(train, wing):
    """Regular expression of the models, of any cohort, that train a network or that do not."""
    every = {}
    for name in cohorts_with(wing):
        every |= SETTINGS.cohorts[name].values[wing]["models"]
    trained = trained_models(every, wing)
    return one_of(trained if train else every.keys() - trained)


def has_wing(wildcards, wing):
    """Whether the cohort of the wildcards has data for a wing."""
    return wing in SETTINGS.cohorts[wildcards.cohort].wings


def dataset_record(dataset):
    """Record of a public dataset, as in `kegg/hsa05211`, that is written once its files are whole."""
    return f"{SETTINGS.cache}/{dataset}/dataset.json"


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

    return megabytes if per_input else lambda wildcards, input, attempt: base * attempt


def for_each_process(megabytes):
    """Give the function for megabytes of a training, which has a process for each of its threads."""
    return lambda wildcards, input, threads, attempt: threads * megabytes(wildcards, input, attempt)


def minutes(number):
    """Give the function for minutes of wall time, more at every attempt."""
    return lambda wildcards, attempt: number * attempt
