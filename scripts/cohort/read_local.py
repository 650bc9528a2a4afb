"""Read the cohort of a local source into one file."""

from syncohort.core.cohort import write_cohort
from syncohort.core.joblog import job_log
from syncohort.sources.cohorts.local import read_local_cohort

with job_log(snakemake.log[0]):
    params = snakemake.params
    cohort = read_local_cohort(params.source, keep=params.keep, covariates=params.covariates, seed=params.seed)
    write_cohort(cohort, snakemake.output[0])
