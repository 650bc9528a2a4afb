"""Train the network of a split's generator, going on from its checkpoint if there is one."""

from pathlib import Path

import anndata

from syncohort.core.cohort import read_samples
from syncohort.core.io import sha256, write_tsv
from syncohort.core.joblog import job_log
from syncohort.core.provenance import provenance
from syncohort.expression.covariates import cohort_levels
from syncohort.expression.training import train_generator
from syncohort.training.distributed import process_group, relaunch, requested_gpus

relaunch(requested_gpus(snakemake.resources))

with process_group() as group, job_log(snakemake.log[0], group.rank):
    inputs, params, output = snakemake.input, snakemake.params, snakemake.output
    sources = {name: sha256(path) for name, path in inputs.items() if name != "cohort"}
    generator, trained, checkpoint = train_generator(
        anndata.read_h5ad(inputs.normalised),
        cohort_levels(read_samples(inputs.cohort), params.covariates["categorical"]),
        params.covariates["numeric"],
        params.model,
        seed=params.seed,
        threads=snakemake.threads,
        checkpoint_seconds=snakemake.resources.checkpoint_seconds,
        data_sha256=sources["normalised"],
        folder=Path(params.folder),
        group=group,
    )
    if group.leads:
        write_tsv(trained.history, output.history)
        record = {
            "best_step": trained.best_step,
            "stopped_early": trained.stopped_early,
            "provenance": provenance(seed=params.seed, settings=params.model, inputs=sources),
        }
        generator.save(output.weights, output.description, record)
        checkpoint.remove()
