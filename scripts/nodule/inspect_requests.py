"""Look for what the settings ask for, patients, profiles and labels, before anything is trained."""

from syncohort.core.cohort import read_cohort, scale_of, tumour_expression
from syncohort.core.io import read_tsv, write_json
from syncohort.core.joblog import job_log
from syncohort.nodule.clinical_labels import clinical_labels
from syncohort.nodule.genes import paired_profiles
from syncohort.nodule.requests import inspect_folds, inspect_pairs, inspect_profiles, log_profiles
from syncohort.sources.volumes.cohort import included_subjects

with job_log(snakemake.log[0]):
    inputs, params = dict(snakemake.input.items()), snakemake.params
    cohort = read_cohort(inputs["cohort"])
    splits = read_tsv(inputs["splits"])
    imaged = included_subjects(read_tsv(inputs["subjects"]))["patient_id"].astype(str)
    expression = paired_profiles(imaged.to_numpy(), tumour_expression(cohort), "included", 1)
    inspect_folds(imaged, expression, splits, params.folds)
    inspect_pairs(params.sample["interpolate"], expression.index)
    if "profiles" in inputs:
        profiles = log_profiles(inputs["profiles"], scale_of(cohort))
        inspect_profiles(profiles, expression, splits, params.sample["split"], params.model)
    clinical = read_tsv(inputs["clinical"]) if "clinical" in inputs else None
    labels = clinical_labels(cohort.obs, params.covariates, clinical, params.labels)
    write_json({"patients": len(expression), "labels": list(labels)}, snakemake.output[0])
