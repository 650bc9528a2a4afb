"""Make synthetic subjects of a split's training subjects, and counterparts of its held-out ones."""

from pathlib import Path

from syncohort.core.io import read_json, read_tsv, sha256, write_json
from syncohort.core.joblog import job_log
from syncohort.core.provenance import provenance
from syncohort.core.splits import TEST, TRAIN
from syncohort.mri.prepared_cohort import read_prepared
from syncohort.mri.sampling import reconstruct, sample_subjects
from syncohort.mri.trained_generator import TrainedGenerator

with job_log(snakemake.log[0]):
    inputs, params, output = snakemake.input, snakemake.params, snakemake.output
    generator = TrainedGenerator.load(inputs.weights, inputs.description)
    real = read_prepared(Path(inputs.prepared), read_tsv(inputs.splits), snakemake.wildcards.split)
    number = max(params.sample["number"], params.sample["per_subject"] * len(real[TRAIN]))
    chance = {"seed": params.seed, "threads": snakemake.threads}
    for made in sample_subjects(generator, real[TRAIN], number, **chance):
        made.write(Path(output.folder))
    # The model of all patients has nobody left to compare with, and the folder stays empty.
    Path(output.counterparts).mkdir(parents=True, exist_ok=True)
    for made in reconstruct(generator, real.get(TEST, []), **chance):
        made.write(Path(output.counterparts))
    record = provenance(
        seed=params.seed,
        settings={"sample": params.sample, "model": read_json(inputs.description)["settings"]},
        inputs={name: sha256(inputs[name]) for name in ("manifest", "splits", "weights")},
    )
    write_json(record, output.record)
