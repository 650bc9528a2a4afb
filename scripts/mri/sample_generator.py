"""Make synthetic subjects of a split's training subjects, prepared as the real ones are."""

from pathlib import Path

from syncohort.core.io import read_json, read_tsv, sha256, write_json
from syncohort.core.joblog import job_log
from syncohort.core.provenance import provenance
from syncohort.core.splits import TRAIN
from syncohort.mri.generator import TrainedGenerator
from syncohort.mri.prepared_cohort import read_prepared
from syncohort.mri.sampling import sample_subjects

with job_log(snakemake.log[0]):
    inputs, params, output = snakemake.input, snakemake.params, snakemake.output
    generator = TrainedGenerator.load(inputs.weights, inputs.description)
    subjects = read_prepared(Path(inputs.prepared), read_tsv(inputs.splits), snakemake.wildcards.split)[TRAIN]
    number = max(params.sample["number"], params.sample["per_subject"] * len(subjects))
    for made in sample_subjects(generator, subjects, number, seed=params.seed, threads=snakemake.threads):
        made.write(Path(output.folder))
    record = provenance(
        seed=params.seed,
        settings={"sample": params.sample, "model": read_json(inputs.description)["settings"]},
        inputs={name: sha256(inputs[name]) for name in ("manifest", "splits", "weights")},
    )
    write_json(record, output.record)
