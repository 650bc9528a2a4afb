"""Fit a model that trains no network to image features exchanged among patients, and sum its errors in a split."""

from syncohort.core.io import write_tsv
from syncohort.core.joblog import job_log
from syncohort.core.kinds import load_kind
from syncohort.radiogenomics.permutation import Permutations

with job_log(snakemake.log[0]):
    params = snakemake.params
    model = load_kind(params.model["kind"], "radiogenomics")

    def predict(fold, _number):
        """Fit the model to a fold with exchanged features and predict its held-out patients."""
        return model.fit_predict(fold.expression, fold.features, fold.test_expression, params.model, params.seed)

    write_tsv(Permutations.of(snakemake).errors(predict), snakemake.output[0])
