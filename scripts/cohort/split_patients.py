"""Deal the patients of a cohort, those of all its wings together, to cross-validation folds."""

import logging

import pandas as pd

from syncohort.core.cohort import read_samples
from syncohort.core.io import read_tsv, write_tsv
from syncohort.core.joblog import job_log
from syncohort.core.naming import IMAGE_WINGS
from syncohort.core.splits import IMAGED, paired_patients, split_patients
from syncohort.sources.volumes.cohort import included_subjects

logger = logging.getLogger("syncohort")

with job_log(snakemake.log[0]):
    params, inputs = snakemake.params, dict(snakemake.input.items())
    patients = []
    if "expression" in inputs:
        patients.append(read_samples(inputs["expression"])[["patient_id", "condition"]])
    for wing in IMAGE_WINGS:
        if wing in inputs:
            subjects = included_subjects(read_tsv(inputs[wing]))
            patients.append(subjects[["patient_id"]].assign(condition=IMAGED))
    if "radiogenomics" in inputs:
        patients.append(read_tsv(inputs["radiogenomics"])[["patient_id"]].assign(condition=IMAGED))
    samples = pd.concat(patients)
    splits = split_patients(
        samples["patient_id"],
        samples["condition"],
        folds=params.folds,
        repeats=params.repeats,
        validation_fraction=params.validation_fraction,
        seed=params.seed,
    )
    if len(patients) > 1:
        logger.info("%d of %d patients have images and expression", len(paired_patients(splits)), len(splits))
    write_tsv(splits, snakemake.output[0])
