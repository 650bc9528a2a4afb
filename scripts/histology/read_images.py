"""Find the images of a histology cohort, open each once and write down what it is."""

from syncohort.core.cohort import read_samples
from syncohort.core.io import write_json, write_tsv
from syncohort.core.joblog import job_log
from syncohort.sources.slides.cohort import read_image_cohort

with job_log(snakemake.log[0]):
    inputs, params = dict(snakemake.input.items()), snakemake.params
    samples = read_samples(inputs["cohort"]) if "cohort" in inputs else None
    manifest, record = read_image_cohort(params.settings, samples, seed=params.seed)
    write_json(record, snakemake.output.record)
    write_tsv(manifest, snakemake.output.manifest)
