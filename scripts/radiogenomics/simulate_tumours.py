"""Simulate tumour labels that follow gene modules, and write the truth they were made from beside them."""

from pathlib import Path

from syncohort.core.cohort import read_cohort
from syncohort.core.io import write_tsv
from syncohort.core.joblog import job_log
from syncohort.sources.cohorts.simulated import PATHWAY
from syncohort.sources.genes.gene_sets import read_gmt
from syncohort.sources.volumes.planted_tumours import plant_tumours

with job_log(snakemake.log[0]):
    inputs, params, output = snakemake.input, snakemake.params, snakemake.output
    modules = {name: genes for name, genes in read_gmt(inputs.gene_sets).items() if name != PATHWAY}
    planted = plant_tumours(read_cohort(inputs.cohort), modules, params.settings, Path(output.labels), seed=params.seed)
    write_tsv(planted.truth, output.truth)
    write_tsv(planted.manifest, output.manifest)
