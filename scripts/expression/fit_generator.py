"""Fit a generator that trains no network to the normalised samples of a split."""

import anndata

from syncohort.core.cohort import read_samples
from syncohort.core.io import sha256
from syncohort.core.joblog import job_log
from syncohort.core.provenance import provenance
from syncohort.expression.covariates import cohort_levels
from syncohort.expression.generator import fit_generator

with job_log(snakemake.log[0]):
    inputs, params, output = snakemake.input, snakemake.params, snakemake.output
    generator = fit_generator(
        anndata.read_h5ad(inputs.normalised),
        cohort_levels(read_samples(inputs.cohort), params.covariates["categorical"]),
        params.covariates["numeric"],
        params.model,
        seed=params.seed,
    )
    sources = {name: sha256(path) for name, path in inputs.items() if name != "cohort"}
    record = {"provenance": provenance(seed=params.seed, settings=params.model, inputs=sources)}
    generator.save(output.weights, output.description, record)
