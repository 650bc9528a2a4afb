"""Encode the expression of all samples of a split, and move between tissues in the space of the codes."""

from syncohort.core.cohort import read_cohort, write_cohort
from syncohort.core.io import read_tsv, write_tsv
from syncohort.core.joblog import job_log
from syncohort.core.splits import roles_of
from syncohort.histology.latent_space import exchange_tissues, walk_between_tissues
from syncohort.histology.profiles import expression_table
from syncohort.histology.trained_autoencoder import TrainedAutoencoder, embed_cohort

with job_log(snakemake.log[0]):
    inputs, params, output = snakemake.input, snakemake.params, snakemake.output
    cohort = read_cohort(inputs.cohort)
    autoencoder = TrainedAutoencoder.load(inputs.weights, inputs.description)
    roles = roles_of(cohort, read_tsv(inputs.splits), snakemake.wildcards.split)
    latents = embed_cohort(autoencoder, cohort, roles, params.tissue)
    profiles = autoencoder.scaler.transform(expression_table(cohort))
    write_tsv(exchange_tissues(latents, autoencoder, profiles), output.arithmetic)
    write_tsv(walk_between_tissues(latents, autoencoder, profiles), output.interpolation)
    write_cohort(latents, output.latents)
    write_tsv(latents.to_df().reset_index(names="sample_id"), output.table)
