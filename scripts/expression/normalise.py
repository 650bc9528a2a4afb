"""Standardise the selected genes of a split's training samples; the model sees nothing else."""

from syncohort.core.cohort import read_cohort, write_cohort
from syncohort.core.io import read_tsv
from syncohort.core.joblog import job_log
from syncohort.core.splits import roles_of, training_samples
from syncohort.expression.filtering import drop_removed
from syncohort.expression.normalisation import normalise
from syncohort.expression.selection import selected_genes

with job_log(snakemake.log[0]):
    split, splits = snakemake.wildcards.split, read_tsv(snakemake.input.splits)
    training = training_samples(read_cohort(snakemake.input.cohort), splits, split)
    expressed = drop_removed(training, read_tsv(snakemake.input.removed))
    genes = selected_genes(read_tsv(snakemake.input.genes))
    write_cohort(normalise(expressed, genes, roles_of(expressed, splits, split)), snakemake.output[0])
