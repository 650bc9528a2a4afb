"""Simulate brain phantoms in a folder as BraTS has it, and write the truth they were made from beside it."""

from pathlib import Path

from syncohort.core.io import write_tsv
from syncohort.core.joblog import job_log
from syncohort.sources.volumes.simulated import simulate_volume_cohort

with job_log(snakemake.log[0]):
    folder, params = Path(snakemake.output.folder), snakemake.params
    truth = simulate_volume_cohort(params.source, folder, seed=params.seed)
    write_tsv(truth, snakemake.output.truth)
