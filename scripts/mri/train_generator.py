"""Train the generator of a split, going on from its checkpoint if there is one."""

from pathlib import Path

from syncohort.core.io import read_tsv, sha256, write_tsv
from syncohort.core.joblog import job_log
from syncohort.core.provenance import provenance
from syncohort.mri.prepared_cohort import read_prepared
from syncohort.mri.training import train_generator
from syncohort.training.distributed import process_group, relaunch, requested_gpus
from syncohort.training.job import Job

relaunch(requested_gpus(snakemake.resources))

with process_group() as group, job_log(snakemake.log[0], group.rank):
    inputs, params, output = snakemake.input, snakemake.params, snakemake.output
    generator, trained = train_generator(
        read_prepared(Path(inputs.prepared), read_tsv(inputs.splits), snakemake.wildcards.split),
        params.model,
        Job.of(snakemake, group),
    )
    if group.leads:
        write_tsv(trained.history, output.history)
        sources = {name: sha256(inputs[name]) for name in ("manifest", "splits")}
        record = provenance(seed=params.seed, settings=params.model, inputs=sources)
        generator.save(output.weights, output.description, trained.course() | {"provenance": record})
        trained.checkpoint.remove()
