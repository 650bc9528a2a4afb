"""Draw a synthetic cohort: the one to take away, or the counterpart of a held-out fold."""

import numpy as np

from syncohort.core.cohort import read_cohort, write_cohort
from syncohort.core.io import read_json, read_tsv, sha256
from syncohort.core.joblog import job_log
from syncohort.core.naming import FULL
from syncohort.core.provenance import provenance
from syncohort.core.splits import held_out_samples
from syncohort.expression.filtering import expressed_samples
from syncohort.expression.generator import FittedGenerator
from syncohort.expression.sampling import choose_covariates, counterparts, sample_cohort

with job_log(snakemake.log[0]):
    inputs, params, split = snakemake.input, snakemake.params, snakemake.wildcards.split
    cohort = read_cohort(inputs.cohort)
    known = ["condition", *params.covariates["categorical"], *params.covariates["numeric"]]
    if split == FULL:
        wanted, rng = params.sample, np.random.default_rng(params.seed)
        covariates = choose_covariates(cohort.obs[known], wanted["number"], wanted["covariates"], rng)
    else:
        held_out = expressed_samples(held_out_samples(cohort, read_tsv(inputs.splits), split))
        covariates = counterparts(held_out.obs[known], **params.sample)
    synthetic = sample_cohort(
        FittedGenerator.load(inputs.weights, inputs.description),
        covariates,
        cohort,
        seed=params.seed,
        provenance=provenance(
            seed=params.seed,
            settings={"sample": params.sample, "model": read_json(inputs.description)["settings"]},
            inputs={name: sha256(inputs[name]) for name in ("cohort", "weights")},
        ),
    )
    write_cohort(synthetic, snakemake.output[0])
