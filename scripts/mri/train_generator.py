"""Train the generator of a split, going on from its checkpoint if there is one."""

from pathlib import Path

from syncohort.core.io import read_tsv, sha256, write_tsv
from syncohort.core.joblog import job_log
from syncohort.core.provenance import provenance
from syncohort.mri.prepared_cohort import read_prepared
from syncohort.mri.training import train_generator
from syncohort.training.distributed import process_group, relaunch, requested_gpus

relaunch(requested_gpus(snakemake.resources))

with process_group() as group, job_log(snakemake.log[0], group.rank):
    inputs, params, output = snakemake.input, snakemake.params, snakemake.output
    generator, trained, checkpoint = train_generator(
        read_prepared(Path(inputs.prepared), read_tsv(inputs.splits), snakemake.wildcards.split),
        params.model,
        seed=params.seed,
        threads=snakemake.threads,
        checkpoint_seconds=snakemake.resources.checkpoint_seconds,
        folder=Path(params.folder),
        group=group,
    )
    if group.leads:
        write_tsv(trained.history, output.history)
        record = {
            "best_step": trained.best_step,
            "stopped_early": trained.stopped_early,
            "provenance": provenance(
                seed=params.seed,
                settings=params.model,
                inputs={name: sha256(inputs[name]) for name in ("manifest", "splits")},
            ),
        }
        generator.save(output.weights, output.description, record)
        checkpoint.remove()
