"""Compute the fold change, tumour over normal, of every gene of a split's training samples."""

from syncohort.core.cohort import read_cohort
from syncohort.core.io import read_tsv, write_tsv
from syncohort.core.joblog import job_log
from syncohort.core.splits import training_samples
from syncohort.expression.filtering import drop_removed
from syncohort.expression.fold_change import fold_change

with job_log(snakemake.log[0]):
    params = snakemake.params
    cohort = read_cohort(snakemake.input.cohort)
    training = training_samples(cohort, read_tsv(snakemake.input.splits), snakemake.wildcards.split)
    expressed = drop_removed(training, read_tsv(snakemake.input.removed))
    changes = fold_change(expressed, method=params.method, pseudo_count=params.pseudo_count)
    write_tsv(changes, snakemake.output[0])
