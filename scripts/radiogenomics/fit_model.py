"""Fit a model of image features that trains no network, and predict the patients of a split."""

import anndata

from syncohort.core.io import read_tsv, write_tsv
from syncohort.core.joblog import job_log
from syncohort.core.kinds import load_kind
from syncohort.radiogenomics.fold import make_fold
from syncohort.radiogenomics.predictions import tabulate_predictions

with job_log(snakemake.log[0]):
    inputs, params = snakemake.input, snakemake.params
    patients = anndata.read_h5ad(inputs.patients)
    fold = make_fold(patients, read_tsv(inputs.splits), snakemake.wildcards.split, params.protocol)
    model = load_kind(params.model["kind"], "radiogenomics")
    predicted = model.fit_predict(fold.expression, fold.features, fold.everybody, params.model, params.seed)
    write_tsv(tabulate_predictions(fold, list(patients.obsm["features"].columns), predicted), snakemake.output[0])
