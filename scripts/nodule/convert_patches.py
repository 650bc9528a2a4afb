"""Convert a folder of image patches and their masks to volumes of one slice."""

from pathlib import Path

from syncohort.core.joblog import job_log
from syncohort.sources.volumes.patches import convert_patches

with job_log(snakemake.log[0]):
    convert_patches(snakemake.params.source, Path(snakemake.output[0]))
