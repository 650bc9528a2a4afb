"""Read the cohort of a public source, its datasets fetched before, into one file."""

from pathlib import Path

from syncohort.core.cohort import write_cohort
from syncohort.core.joblog import job_log
from syncohort.sources.cohorts.public import read_public_cohort

with job_log(snakemake.log[0]):
    params = snakemake.params
    cohort = read_public_cohort(
        params.source,
        [Path(record) for record in snakemake.input],
        keep=params.keep,
        covariates=params.covariates,
        seed=params.seed,
    )
    write_cohort(cohort, snakemake.output[0])
