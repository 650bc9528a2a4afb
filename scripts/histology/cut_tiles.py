"""Cut the slides of a cohort into tiles, and keep the coordinates of all."""

from pathlib import Path

from syncohort.core.io import read_tsv, write_tsv
from syncohort.core.joblog import job_log
from syncohort.histology.tiling import cut_tiles

with job_log(snakemake.log[0]):
    params, output = snakemake.params, snakemake.output
    manifest = read_tsv(snakemake.input.manifest)
    write_tsv(cut_tiles(manifest, params.settings, params.ready, params.seed, Path(output.tiles)), output.table)
