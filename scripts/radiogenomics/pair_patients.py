"""Pair expression and image features by patient, and account for everybody."""

from syncohort.core.cohort import read_cohort, write_cohort
from syncohort.core.io import read_tsv, write_tsv
from syncohort.core.joblog import job_log
from syncohort.radiogenomics.pairing import pair_patients

with job_log(snakemake.log[0]):
    inputs, output = snakemake.input, snakemake.output
    patients, account = pair_patients(read_cohort(inputs.cohort), read_tsv(inputs.features))
    write_tsv(account, output.account)
    write_cohort(patients, output.patients)
