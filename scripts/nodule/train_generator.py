"""Train the generator of nodules of a split, going on from its checkpoint if there is one."""

from pathlib import Path

from syncohort.core.cohort import read_cohort, tumour_expression
from syncohort.core.io import read_tsv, sha256, write_tsv
from syncohort.core.joblog import job_log
from syncohort.core.provenance import provenance
from syncohort.nodule.machine import Machine
from syncohort.nodule.slices import Slices
from syncohort.nodule.training import train_generator

with job_log(snakemake.log[0]):
    inputs, params, output = dict(snakemake.input.items()), snakemake.params, snakemake.output
    sources = {name: sha256(path) for name, path in inputs.items()}
    generator, trained, checkpoint = train_generator(
        Slices.read(inputs["content"]).by_role(read_tsv(inputs["splits"]), snakemake.wildcards.split),
        tumour_expression(read_cohort(inputs["cohort"])) if "cohort" in inputs else None,
        params.model,
        "".join(sources.values()),
        Machine(params.seed, snakemake.threads, snakemake.resources.checkpoint_seconds, Path(params.folder)),
    )
    write_tsv(trained.history, output.history)
    record = {
        "settings": params.model,
        "best_step": trained.best_step,
        "stopped_early": trained.stopped_early,
        "provenance": provenance(seed=params.seed, settings=params.model, inputs=sources),
    }
    generator.save(output.weights, output.description, record)
    checkpoint.remove()
