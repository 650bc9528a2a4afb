"""From a source to one cohort file, and its patients dealt to splits.

Input: the files of a local source, the records of a public one, or nothing for a simulated one.
Output: results/{cohort}/cohort.h5ad and results/{cohort}/splits.tsv.
"""


include: "cohort_settings.smk"


rule cohort_read_local:
    input:
        unpack(local_files),
    output:
        "results/{cohort}/cohort.h5ad",
    log:
        "logs/{cohort}/cohort_read_local.log",
    benchmark:
        "logs/{cohort}/cohort_read_local.benchmark.tsv"
    wildcard_constraints:
        cohort=cohorts_from("local"),
    conda:
        "../envs/syncohort.yaml"
    resources:
        mem_mb=memory(2000, per_input=20),
        runtime=minutes(30),
    params:
        source=setting("source", "local"),
        keep=setting("samples", "keep"),
        covariates=setting("covariates"),
        seed=seed_of("cohort"),
    message:
        "{wildcards.cohort}: reading the expression matrix"
    script:
        "../scripts/cohort/read_local.py"


rule cohort_read_public:
    input:
        public_records,
    output:
        "results/{cohort}/cohort.h5ad",
    log:
        "logs/{cohort}/cohort_read_public.log",
    benchmark:
        "logs/{cohort}/cohort_read_public.benchmark.tsv"
    wildcard_constraints:
        cohort=cohorts_from(*PUBLIC),
    conda:
        "../envs/syncohort.yaml"
    resources:
        mem_mb=memory(8000),
        runtime=minutes(60),
    params:
        source=setting("source"),
        keep=setting("samples", "keep"),
        covariates=setting("covariates"),
        seed=seed_of("cohort"),
    message:
        "{wildcards.cohort}: reading the downloaded data"
    script:
        "../scripts/cohort/read_public.py"


rule cohort_simulate:
    output:
        cohort="results/{cohort}/cohort.h5ad",
        truth="results/{cohort}/truth.tsv",
        gene_sets="results/{cohort}/gene_sets.gmt",
    log:
        "logs/{cohort}/cohort_simulate.log",
    benchmark:
        "logs/{cohort}/cohort_simulate.benchmark.tsv"
    wildcard_constraints:
        cohort=cohorts_from("simulated"),
    conda:
        "../envs/syncohort.yaml"
    resources:
        mem_mb=memory(2000),
        runtime=minutes(10),
    params:
        source=setting("source", "simulated"),
        covariates=setting("covariates"),
        seed=seed_of("cohort"),
    message:
        "{wildcards.cohort}: simulating a cohort with known truth"
    script:
        "../scripts/cohort/simulate.py"


rule cohort_split_patients:
    input:
        unpack(cohort_patients),
    output:
        "results/{cohort}/splits.tsv",
    log:
        "logs/{cohort}/cohort_split_patients.log",
    benchmark:
        "logs/{cohort}/cohort_split_patients.benchmark.tsv"
    conda:
        "../envs/syncohort.yaml"
    resources:
        mem_mb=memory(2000),
        runtime=minutes(10),
    params:
        folds=setting("splits", "folds"),
        repeats=setting("splits", "repeats"),
        validation_fraction=setting("splits", "validation_fraction"),
        seed=seed_of("splits"),
    message:
        "{wildcards.cohort}: dealing patients to folds"
    script:
        "../scripts/cohort/split_patients.py"
