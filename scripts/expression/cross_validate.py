"""Join the scores of all folds."""

from syncohort.core.io import read_tsv, write_tsv
from syncohort.core.joblog import job_log
from syncohort.expression.evaluation import aggregate_folds

with job_log(snakemake.log[0]):
    write_tsv(aggregate_folds([read_tsv(table) for table in snakemake.input]), snakemake.output[0])
