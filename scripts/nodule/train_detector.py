"""Train the detector of a split on real slices, going on from its checkpoint if there is one."""

from syncohort.core.io import read_tsv, sha256, write_tsv
from syncohort.core.joblog import job_log
from syncohort.core.provenance import provenance
from syncohort.nodule.detector_training import train_detector
from syncohort.nodule.slices import Slices
from syncohort.training.job import Job

with job_log(snakemake.log[0]):
    inputs, params, output = snakemake.input, snakemake.params, snakemake.output
    sources = {name: sha256(path) for name, path in inputs.items()}
    detector, trained = train_detector(
        Slices.read(inputs.content).by_role(read_tsv(inputs.splits), snakemake.wildcards.split),
        params.settings,
        "".join(sources.values()),
        Job.of(snakemake),
    )
    write_tsv(trained.history, output.history)
    record = provenance(seed=params.seed, settings=params.settings, inputs=sources)
    detector.save(output.weights, output.description, trained.course() | {"provenance": record})
    trained.checkpoint.remove()
