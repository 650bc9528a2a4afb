"""Score a fold's synthetic samples against its held-out patients, beside ceiling and floor."""

import anndata

from syncohort.core.cohort import read_cohort
from syncohort.core.io import read_tsv, write_tsv
from syncohort.core.joblog import job_log
from syncohort.core.splits import held_out_samples
from syncohort.expression.evaluation import evaluate_fold, groups_of
from syncohort.expression.filtering import expressed_samples
from syncohort.expression.normalisation import scaler_of

with job_log(snakemake.log[0]):
    inputs, params = snakemake.input, snakemake.params
    normalised, synthetic = anndata.read_h5ad(inputs.normalised), read_cohort(inputs.synthetic)
    held_out = held_out_samples(read_cohort(inputs.cohort), read_tsv(inputs.splits), snakemake.wildcards.split)
    held_out = expressed_samples(held_out)[:, normalised.var_names]
    scaler = scaler_of(normalised)
    scores = evaluate_fold(
        normalised.X,
        scaler.transform(held_out.X),
        [scaler.transform(synthetic[draw].X) for draw in synthetic.obs.groupby("draw").indices.values()],
        train_groups=groups_of(normalised.obs, params.covariates["categorical"]),
        test_groups=groups_of(held_out.obs, params.covariates["categorical"]),
        genes=list(normalised.var_names),
        standard_deviation=scaler.standard_deviation,
        named=params.named or None,
        draws=params.draws,
        seed=params.seed,
    )
    write_tsv(scores, snakemake.output[0])
