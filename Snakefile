"""Syncohort: from public cancer data to synthetic cohorts and a report on how real they are.

The settings are in config/ (config/README.md explains each), the rules in rules/, one file per stage or wing.
"""

import sys
from pathlib import Path

from snakemake.utils import min_version

min_version("9.0")
sys.path.insert(0, str(Path(workflow.basedir) / "src"))

from syncohort.sources.datasets.catalogue import public_datasets

# A shared checkout serves many: who works elsewhere may have a config/ of their own there.
HERE = Path("config/config.yaml")


configfile: HERE if HERE.is_file() else Path(workflow.basedir) / HERE


include: "rules/common.smk"
include: "rules/volume_settings.smk"
include: "rules/download.smk"
include: "rules/cohort.smk"
include: "rules/expression.smk"
include: "rules/mri.smk"
include: "rules/nodule.smk"
include: "rules/radiogenomics.smk"
include: "rules/histology.smk"
include: "rules/report.smk"


rule all:
    default_target: True
    input:
        "results/index.html",
        "results/leaderboard.html" if cohorts_with("expression") else [],
        [synthetic_cohorts(cohort) for cohort in cohorts_with("expression")],
        [nodule_tables(cohort) for cohort in cohorts_with("nodule")],
        [synthetic_slices(cohort) for cohort in cohorts_with("nodule")],
        [synthetic_volumes(cohort) for cohort in cohorts_with("mri")],
        [synthetic_tiles(cohort) for cohort in cohorts_with("histology")],


rule download:
    input:
        [dataset_record(dataset) for cohort in SETTINGS.cohorts.values() for dataset in public_datasets(cohort.values)],
