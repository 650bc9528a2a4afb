"""Score a fold's synthetic samples against its held-out patients, beside ceiling and floor."""

import anndata

from syncohort.core.cohort import read_cohort
from syncohort.core.io import read_tsv, write_tsv
from syncohort.core.joblog import job_log
from syncohort.core.splits import held_out_samples
from syncohort.expression.evaluation import drawn_sets, evaluate_fold, sample_set
from syncohort.expression.filtering import expressed_samples
from syncohort.expression.generator import FittedGenerator
from syncohort.expression.normalisation import scaler_of
from syncohort.sources.genes.gene_sets import read_gmt

with job_log(snakemake.log[0]):
    inputs, params = snakemake.input, snakemake.params
    categorical, numeric = (params.covariates[kind] for kind in ("categorical", "numeric"))
    normalised, synthetic = anndata.read_h5ad(inputs.normalised), read_cohort(inputs.synthetic)
    held_out = held_out_samples(read_cohort(inputs.cohort), read_tsv(inputs.splits), snakemake.wildcards.split)
    held_out = expressed_samples(held_out)[:, normalised.var_names]
    gene_sets, scaler = inputs.get("gene_sets"), scaler_of(normalised)
    critic = FittedGenerator.load(inputs.weights, inputs.description).critic()
    scores = evaluate_fold(
        sample_set(normalised.X, normalised.obs, categorical),
        sample_set(scaler.transform(held_out.X), held_out.obs, categorical),
        drawn_sets(synthetic, scaler, categorical),
        scaler=scaler,
        covariates=[*categorical, *numeric],
        named=params.named or None,
        gene_sets=read_gmt(gene_sets, "expression.pathway.gene_sets") if gene_sets else {},
        pseudo_count=params.pseudo_count,
        draws=params.draws,
        seed=params.seed,
        critic=critic and (lambda samples: critic(samples.values, samples.samples)),
    )
    for name, path in snakemake.output.items():
        write_tsv(getattr(scores, name), path)
