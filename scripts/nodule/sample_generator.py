"""Make synthetic slices: of patients' genes on their own backgrounds, of given profiles, and between patients."""

from syncohort.core.cohort import read_cohort, scale_of, tumour_expression
from syncohort.core.io import read_json, sha256
from syncohort.core.joblog import job_log
from syncohort.core.provenance import provenance
from syncohort.nodule.requests import log_profiles
from syncohort.nodule.sampling import sample_slices
from syncohort.nodule.slices import Slices
from syncohort.nodule.trained_generator import TrainedGenerator

with job_log(snakemake.log[0]):
    inputs, params, output = dict(snakemake.input.items()), snakemake.params, snakemake.output
    cohort = read_cohort(inputs["cohort"]) if "cohort" in inputs else None
    made = sample_slices(
        TrainedGenerator.load(inputs["weights"], inputs["description"]),
        Slices.read(inputs["content"]),
        tumour_expression(cohort) if cohort else None,
        log_profiles(inputs["profiles"], scale_of(cohort)) if "profiles" in inputs else None,
        params.settings,
        seed=params.seed,
        threads=snakemake.threads,
    )
    record = provenance(
        seed=params.seed,
        settings={"sample": params.settings, "model": read_json(inputs["description"])["settings"]},
        inputs={name: sha256(path) for name, path in inputs.items()},
    )
    made.write(output.content, output.table, {"provenance": record})
