"""Bring every subject to one grid and scale, each by itself."""

from pathlib import Path

from syncohort.core.io import read_tsv
from syncohort.core.joblog import job_log
from syncohort.mri.prepared_cohort import prepare_cohort

with job_log(snakemake.log[0]):
    params = snakemake.params
    prepare_cohort(read_tsv(snakemake.input.manifest), params.modalities, params.settings, Path(snakemake.output[0]))
