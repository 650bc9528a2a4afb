"""Measure the size and shape of every patient's tumour."""

from syncohort.core.io import read_tsv, write_tsv
from syncohort.core.joblog import job_log
from syncohort.radiogenomics.features import measure_features

with job_log(snakemake.log[0]):
    params = snakemake.params
    features = measure_features(read_tsv(snakemake.input[0]), params.regions, params.convention)
    write_tsv(features, snakemake.output[0])
