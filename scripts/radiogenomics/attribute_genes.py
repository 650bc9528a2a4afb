"""Attribute the predictions of every fold's network to genes, and find the gene sets among those that count most."""

import anndata
import pandas as pd
from safetensors.numpy import load_file

from syncohort.core.io import read_tsv, write_tsv
from syncohort.core.joblog import job_log
from syncohort.radiogenomics.attribution import TOP, attribute_predictions, enriched_sets, summarise_attributions
from syncohort.radiogenomics.fold import make_fold
from syncohort.sources.genes.gene_sets import read_gmt

with job_log(snakemake.log[0]):
    inputs, output = dict(snakemake.input.items()), snakemake.output
    patients, splits = anndata.read_h5ad(inputs["patients"]), read_tsv(inputs["splits"])
    genes, features = list(patients.var_names), list(patients.obsm["features"].columns)
    folds = []
    for path in snakemake.input.weights:
        fold = make_fold(patients, splits, path.split("/")[-3], snakemake.params.protocol)
        folds.append(attribute_predictions(load_file(path), fold.test_expression))
    attributions = summarise_attributions(folds, features, genes, TOP)
    write_tsv(attributions, output.attributions)
    sets = read_gmt(inputs["gene_sets"]) if "gene_sets" in inputs else {}
    found = [
        enriched_sets(list(part["gene"]), genes, sets).assign(feature=feature)
        for feature, part in attributions.groupby("feature", sort=False)
    ]
    write_tsv(pd.concat(found), output.enrichment)
