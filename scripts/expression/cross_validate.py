"""Join the scores, learning curves and self-tests of all folds."""

from syncohort.core.io import read_tsv, write_tsv
from syncohort.core.joblog import job_log
from syncohort.expression.cross_validation import aggregate_folds, aggregate_learning_curves, aggregate_self_tests

with job_log(snakemake.log[0]):
    for name, aggregate in (
        ("metrics", aggregate_folds),
        ("learning_curve", aggregate_learning_curves),
        ("self_test", aggregate_self_tests),
    ):
        tables = [read_tsv(table) for table in snakemake.input[name]]
        write_tsv(aggregate(tables, snakemake.params.repeats), snakemake.output[name])
