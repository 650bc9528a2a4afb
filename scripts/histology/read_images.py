"""Find the images of a histology cohort, open each once and write down what it is."""

from syncohort.core.io import write_json, write_tsv
from syncohort.core.joblog import job_log
from syncohort.sources.slides.cohort import read_image_cohort

with job_log(snakemake.log[0]):
    manifest, record = read_image_cohort(snakemake.params.settings, seed=snakemake.params.seed)
    write_json(record, snakemake.output.record)
    write_tsv(manifest, snakemake.output.manifest)
