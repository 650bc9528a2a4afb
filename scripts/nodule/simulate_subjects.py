"""Simulate CT of nodules that follow gene modules, and write the truth they were made from beside them."""

from pathlib import Path

from syncohort.core.cohort import read_cohort
from syncohort.core.io import write_tsv
from syncohort.core.joblog import job_log
from syncohort.sources.cohorts.simulated import PATHWAY
from syncohort.sources.genes.gene_sets import read_gmt
from syncohort.sources.volumes.planted_nodules import plant_nodules

with job_log(snakemake.log[0]):
    inputs, params, output = snakemake.input, snakemake.params, snakemake.output
    modules = {name: genes for name, genes in read_gmt(inputs.gene_sets).items() if name != PATHWAY}
    cohort, folder = read_cohort(inputs.cohort), Path(output.folder)
    nodules, truth = plant_nodules(cohort, modules, params.source, folder, seed=params.seed)
    write_tsv(nodules, output.nodules)
    write_tsv(truth, output.truth)
