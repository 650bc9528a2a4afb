"""Unpack a downloaded task of the Medical Segmentation Decathlon."""

from pathlib import Path

from syncohort.core.joblog import job_log
from syncohort.sources.volumes.msd import unpack_task

with job_log(snakemake.log[0]):
    unpack_task(Path(snakemake.input[0]), Path(snakemake.output[0]))
