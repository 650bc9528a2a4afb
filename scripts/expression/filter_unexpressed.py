"""List the training samples and genes of a split that have no expression."""

from syncohort.core.cohort import read_cohort
from syncohort.core.io import read_tsv, write_tsv
from syncohort.core.joblog import job_log
from syncohort.core.splits import training_samples
from syncohort.expression.filtering import find_unexpressed

with job_log(snakemake.log[0]):
    cohort = read_cohort(snakemake.input.cohort)
    training = training_samples(cohort, read_tsv(snakemake.input.splits), snakemake.wildcards.split)
    write_tsv(find_unexpressed(training), snakemake.output[0])
