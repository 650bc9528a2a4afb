"""Read image features from a table of the user's own."""

from syncohort.core.io import write_tsv
from syncohort.core.joblog import job_log
from syncohort.radiogenomics.features import read_feature_table

with job_log(snakemake.log[0]):
    write_tsv(read_feature_table(snakemake.params.table, snakemake.input[0]), snakemake.output[0])
