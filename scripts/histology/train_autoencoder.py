"""Train the autoencoder of expression of a split, going on from its checkpoint if there is one."""

from pathlib import Path

from syncohort.core.cohort import read_cohort
from syncohort.core.io import read_tsv, sha256, write_tsv
from syncohort.core.joblog import job_log
from syncohort.core.provenance import provenance
from syncohort.core.splits import roles_of
from syncohort.histology.trained_autoencoder import train_autoencoder

with job_log(snakemake.log[0]):
    inputs, params, output = snakemake.input, snakemake.params, snakemake.output
    cohort = read_cohort(inputs.cohort)
    sources = {name: sha256(path) for name, path in inputs.items()}
    autoencoder, trained, checkpoint = train_autoencoder(
        cohort,
        roles_of(cohort, read_tsv(inputs.splits), snakemake.wildcards.split),
        params.model,
        seed=params.seed,
        threads=snakemake.threads,
        checkpoint_seconds=snakemake.resources.checkpoint_seconds,
        data_sha256="".join(sources.values()),
        folder=Path(params.folder),
    )
    write_tsv(trained.history, output.history)
    record = {
        "best_step": trained.best_step,
        "stopped_early": trained.stopped_early,
        "provenance": provenance(seed=params.seed, settings=params.model, inputs=sources),
    }
    autoencoder.save(output.weights, output.description, record)
    checkpoint.remove()
