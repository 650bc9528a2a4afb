"""Simulate slides of a simulated cohort's samples, and write what is true of them."""

from pathlib import Path

from syncohort.core.cohort import read_cohort
from syncohort.core.io import write_tsv
from syncohort.core.joblog import job_log
from syncohort.sources.cohorts.simulated import PATHWAY
from syncohort.sources.genes.gene_sets import read_gmt
from syncohort.sources.slides.simulated import simulate_slides

with job_log(snakemake.log[0]):
    inputs, params, output = snakemake.input, snakemake.params, snakemake.output
    modules = {name: genes for name, genes in read_gmt(inputs.gene_sets).items() if name != PATHWAY}
    planted = simulate_slides(
        read_cohort(inputs.cohort), modules, params.settings, Path(output.folder), seed=params.seed
    )
    write_tsv(planted.truth, output.truth)
    write_tsv(planted.slides, output.slides)
