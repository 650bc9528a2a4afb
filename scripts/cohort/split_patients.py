"""Deal the patients of a cohort, those of all its wings together, to cross-validation folds."""

import pandas as pd

from syncohort.core.cohort import read_samples
from syncohort.core.io import read_tsv, write_tsv
from syncohort.core.joblog import job_log
from syncohort.core.splits import IMAGED, split_patients
from syncohort.sources.volumes.cohort import included_subjects

with job_log(snakemake.log[0]):
    params, inputs = snakemake.params, dict(snakemake.input.items())
    patients = []
    if "expression" in inputs:
        patients.append(read_samples(inputs["expression"])[["patient_id", "condition"]])
    if "mri" in inputs:
        subjects = included_subjects(read_tsv(inputs["mri"]))
        patients.append(subjects[["patient_id"]].assign(condition=IMAGED))
    if "radiogenomics" in inputs:
        patients.append(read_tsv(inputs["radiogenomics"])[["patient_id"]].assign(condition=IMAGED))
    samples = pd.concat(patients)
    splits = split_patients(
        samples["patient_id"],
        samples["condition"],
        folds=params.folds,
        validation_fraction=params.validation_fraction,
        seed=params.seed,
    )
    write_tsv(splits, snakemake.output[0])
