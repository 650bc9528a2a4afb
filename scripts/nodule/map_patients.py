"""Map patients by their genes and by the learnt gene code, and judge how far each space separates them."""

from syncohort.core.cohort import read_cohort, tumour_expression
from syncohort.core.io import read_tsv, write_tsv
from syncohort.core.joblog import job_log
from syncohort.nodule.clinical_labels import clinical_labels
from syncohort.nodule.mapping import map_patients
from syncohort.nodule.slices import Slices
from syncohort.nodule.trained_generator import TrainedGenerator

with job_log(snakemake.log[0]):
    inputs, params, output = dict(snakemake.input.items()), snakemake.params, snakemake.output
    cohort = read_cohort(inputs["cohort"])
    clinical = read_tsv(inputs["clinical"]) if "clinical" in inputs else None
    found = map_patients(
        TrainedGenerator.load(inputs["weights"], inputs["description"]),
        Slices.read(inputs["content"]),
        tumour_expression(cohort),
        clinical_labels(cohort.obs, params.covariates, clinical, params.settings["labels"]),
        read_tsv(inputs["splits"]),
        snakemake.wildcards.split,
        layouts=params.settings["layouts"],
        permutations=params.settings["permutations"],
        seed=params.seed,
    )
    write_tsv(found.places, output.places)
    write_tsv(found.variables, output.variables)
    write_tsv(found.separability, output.separability)
