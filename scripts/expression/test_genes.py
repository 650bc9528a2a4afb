"""Test every gene of a split's training samples for a difference between tumour and normal."""

from syncohort.core.cohort import read_cohort
from syncohort.core.io import read_tsv, write_tsv
from syncohort.core.joblog import job_log
from syncohort.core.splits import training_samples
from syncohort.expression.differential import compare_conditions
from syncohort.expression.filtering import drop_removed

with job_log(snakemake.log[0]):
    cohort = read_cohort(snakemake.input.cohort)
    training = training_samples(cohort, read_tsv(snakemake.input.splits), snakemake.wildcards.split)
    expressed = drop_removed(training, read_tsv(snakemake.input.removed))
    write_tsv(compare_conditions(expressed, **snakemake.params.test), snakemake.output[0])
