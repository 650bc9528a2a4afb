"""Test the association of every gene module with every image feature."""

import anndata
import numpy as np

from syncohort.core.io import write_json, write_tsv
from syncohort.core.joblog import job_log
from syncohort.radiogenomics.association import map_associations
from syncohort.sources.genes.gene_sets import write_gmt

with job_log(snakemake.log[0]):
    params, output = snakemake.params, snakemake.output
    patients = anndata.read_h5ad(snakemake.input[0])
    paired = patients[np.asarray(patients.obs["paired"])]
    found = map_associations(
        paired.to_df(), paired.obsm["features"], params.modules, params.permutations, seed=params.seed
    )
    write_tsv(found.table, output.associations)
    write_gmt(found.modules, output.modules)
    write_json({name: len(genes) for name, genes in found.modules.items()}, output.sizes)
    write_json({"permutations": params.permutations, "false_alarms": found.false_alarms}, output.false_alarms)
