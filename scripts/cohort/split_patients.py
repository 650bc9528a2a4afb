"""Deal the patients of a cohort to cross-validation folds."""

from syncohort.core.cohort import read_samples
from syncohort.core.io import write_tsv
from syncohort.core.joblog import job_log
from syncohort.core.splits import split_patients

with job_log(snakemake.log[0]):
    params = snakemake.params
    samples = read_samples(snakemake.input[0])
    splits = split_patients(
        samples["patient_id"],
        samples["condition"],
        folds=params.folds,
        validation_fraction=params.validation_fraction,
        seed=params.seed,
    )
    write_tsv(splits, snakemake.output[0])
