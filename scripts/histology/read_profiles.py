"""Read new expression profiles, and refuse those that no model of the cohort can be told, before any is trained."""

from pathlib import Path

from syncohort.core.cohort import read_cohort
from syncohort.core.io import write_tsv
from syncohort.core.joblog import job_log
from syncohort.histology.profiles import known_profiles
from syncohort.sources.matrices.profiles import read_profiles

KEY = "histology.generate.profiles"

with job_log(snakemake.log[0]):
    inputs = snakemake.input
    profiles = known_profiles(read_profiles(Path(inputs.profiles), KEY), read_cohort(inputs.cohort), KEY)
    write_tsv(profiles.T.rename_axis("gene").reset_index(), snakemake.output[0])
