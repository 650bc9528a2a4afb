"""Lay the codes of expression out in a plane."""

import anndata

from syncohort.core.io import write_tsv
from syncohort.core.joblog import job_log
from syncohort.histology.latent_space import map_codes

with job_log(snakemake.log[0]):
    params = snakemake.params
    write_tsv(map_codes(anndata.read_h5ad(snakemake.input[0]), params.layout, params.seed), snakemake.output[0])
