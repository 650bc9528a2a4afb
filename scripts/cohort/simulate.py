"""Simulate a cohort, and write the truth it was made from beside it."""

from syncohort.core.cohort import write_cohort
from syncohort.core.io import write_tsv
from syncohort.core.joblog import job_log
from syncohort.sources.cohorts.simulated import simulate_cohort
from syncohort.sources.curation import Curation
from syncohort.sources.genes.gene_sets import write_gmt
from syncohort.sources.samples.covariates import complete, typed

with job_log(snakemake.log[0]):
    params = snakemake.params
    simulated = simulate_cohort(params.source, seed=params.seed)
    # The checks that a sample sheet gets, so that a wrong name stops here and not in a training.
    samples = simulated.cohort.obs
    typed(samples[complete(samples, params.covariates, Curation(), "the simulated cohort")], params.covariates)
    write_tsv(simulated.truth, snakemake.output.truth)
    write_gmt(simulated.gene_sets, snakemake.output.gene_sets)
    write_cohort(simulated.cohort, snakemake.output.cohort)
