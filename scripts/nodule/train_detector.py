"""Train the detector of a split on real slices, going on from its checkpoint if there is one."""

from pathlib import Path

from syncohort.core.io import read_tsv, sha256, write_tsv
from syncohort.core.joblog import job_log
from syncohort.core.provenance import provenance
from syncohort.nodule.detector_training import train_detector
from syncohort.nodule.machine import Machine
from syncohort.nodule.slices import Slices

with job_log(snakemake.log[0]):
    inputs, params, output = snakemake.input, snakemake.params, snakemake.output
    sources = {name: sha256(path) for name, path in inputs.items()}
    detector, trained, checkpoint = train_detector(
        Slices.read(inputs.content).by_role(read_tsv(inputs.splits), snakemake.wildcards.split),
        params.settings,
        "".join(sources.values()),
        Machine(params.seed, snakemake.threads, snakemake.resources.checkpoint_seconds, Path(params.folder)),
    )
    write_tsv(trained.history, output.history)
    record = provenance(seed=params.seed, settings=params.settings, inputs=sources)
    detector.save(output.weights, output.description, {"best_step": trained.best_step, "provenance": record})
    checkpoint.remove()
