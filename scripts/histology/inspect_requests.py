"""Look for what the settings ask for by name, patients and other cohorts, before anything is trained."""

from syncohort.core.cohort import read_cohort, read_samples
from syncohort.core.io import read_tsv, write_json
from syncohort.core.joblog import job_log
from syncohort.histology.requests import inspect_outside, inspect_patients

with job_log(snakemake.log[0]):
    inputs, params = dict(snakemake.input.items()), snakemake.params
    samples = read_samples(inputs["cohort"]) if "cohort" in inputs else None
    made = inspect_patients(samples, read_tsv(inputs["splits"]), params.split, params.settings)
    for name, path in zip(params.outside, snakemake.input.get("outside", []), strict=True):
        inspect_outside(read_cohort(inputs["cohort"]), name, read_cohort(path))
    write_json({**made, "outside": params.outside}, snakemake.output[0])
