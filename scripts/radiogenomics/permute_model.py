"""Fit a model that trains no network to image features exchanged among patients, and sum its errors in a split."""

import anndata

from syncohort.core.io import read_tsv, write_tsv
from syncohort.core.joblog import job_log
from syncohort.core.kinds import load_kind
from syncohort.radiogenomics.permutation import permuted_errors

with job_log(snakemake.log[0]):
    inputs, params = snakemake.input, snakemake.params
    model = load_kind(params.model["kind"], "radiogenomics")

    def predict(fold, _number):
        """Fit the model to a fold with exchanged features and predict its held-out patients."""
        return model.fit_predict(fold.expression, fold.features, fold.test_expression, params.model, params.seed)

    errors = permuted_errors(
        anndata.read_h5ad(inputs.patients),
        predict,
        params.permutations,
        seed=params.seed_of_permutations,
        splits=read_tsv(inputs.splits),
        split=snakemake.wildcards.split,
        protocol=params.protocol,
    )
    write_tsv(errors, snakemake.output[0])
