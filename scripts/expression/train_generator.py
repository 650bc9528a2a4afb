"""Train the network of a split's generator, going on from its checkpoint if there is one."""

import anndata

from syncohort.core.cohort import read_samples
from syncohort.core.io import sha256, write_tsv
from syncohort.core.joblog import job_log
from syncohort.core.provenance import provenance
from syncohort.expression.covariates import cohort_levels
from syncohort.expression.training import train_generator
from syncohort.training.distributed import process_group, relaunch, requested_gpus
from syncohort.training.job import Job

relaunch(requested_gpus(snakemake.resources))

with process_group() as group, job_log(snakemake.log[0], group.rank):
    inputs, params, output = snakemake.input, snakemake.params, snakemake.output
    sources = {name: sha256(path) for name, path in inputs.items() if name != "cohort"}
    generator, trained = train_generator(
        anndata.read_h5ad(inputs.normalised),
        cohort_levels(read_samples(inputs.cohort), params.covariates["categorical"]),
        params.covariates["numeric"],
        params.model,
        sources["normalised"],
        Job.of(snakemake, group),
    )
    if group.leads:
        write_tsv(trained.history, output.history)
        record = provenance(seed=params.seed, settings=params.model, inputs=sources)
        generator.save(output.weights, output.description, trained.course() | {"provenance": record})
        trained.checkpoint.remove()
