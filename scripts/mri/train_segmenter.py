"""Train a segmentation network on one training set, going on from its checkpoint if there is one."""

from pathlib import Path

from syncohort.core.io import read_tsv, sha256, write_tsv
from syncohort.core.joblog import job_log
from syncohort.core.provenance import provenance
from syncohort.core.splits import TRAIN, VALIDATION
from syncohort.mri.prepared_cohort import read_folder, read_prepared
from syncohort.mri.segmenter_training import train_segmenter, training_set
from syncohort.training.job import Job

with job_log(snakemake.log[0]):
    inputs, params, output = snakemake.input, snakemake.params, snakemake.output
    real = read_prepared(Path(inputs.prepared), read_tsv(inputs.splits), snakemake.wildcards.split)
    synthetic = read_folder(Path(inputs.synthetic)) if hasattr(inputs, "synthetic") else []
    segmenter, trained = train_segmenter(
        training_set(params.training_set, real[TRAIN], synthetic),
        real[VALIDATION],
        params.settings,
        Job.of(snakemake),
    )
    write_tsv(trained.history, output.history)
    record = provenance(
        seed=params.seed,
        settings={"training_set": params.training_set, **params.settings},
        inputs={name: sha256(inputs[name]) for name in ("manifest", "splits")},
    )
    segmenter.save(output.weights, output.description, {"provenance": record})
    trained.checkpoint.remove()
