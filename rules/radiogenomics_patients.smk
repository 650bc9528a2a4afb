"""The patients of the radiogenomics wing: features of their tumours, measured or read, and paired with their expression."""


rule radiogenomics_simulate_tumours:
    input:
        cohort="results/{cohort}/cohort.h5ad",
        gene_sets="results/{cohort}/gene_sets.gmt",
    output:
        labels=directory(f"{RADIOGENOMICS}/tumours"),
        manifest=f"{RADIOGENOMICS}/tumours.tsv",
        truth=f"{RADIOGENOMICS}/truth.tsv",
    log:
        "logs/{cohort}/radiogenomics_simulate_tumours.log",
    benchmark:
        "logs/{cohort}/radiogenomics_simulate_tumours.benchmark.tsv"
    wildcard_constraints:
        cohort=cohorts_with_features("simulated"),
    conda:
        "../envs/syncohort.yaml"
    resources:
        mem_mb=memory(2000),
        runtime=minutes(20),
    params:
        settings=setting("radiogenomics", "features", "simulated"),
        seed=seed_of("tumours"),
    message:
        "{wildcards.cohort}: simulating tumours that follow gene modules"
    script:
        "../scripts/radiogenomics/simulate_tumours.py"


rule radiogenomics_measure_features:
    input:
        tumour_labels,
    output:
        f"{RADIOGENOMICS}/features.tsv",
    log:
        "logs/{cohort}/radiogenomics_measure_features.log",
    benchmark:
        "logs/{cohort}/radiogenomics_measure_features.benchmark.tsv"
    wildcard_constraints:
        cohort=f"{cohorts_with_features('labels')}|{cohorts_with_features('simulated')}",
    conda:
        "../envs/syncohort.yaml"
    resources:
        mem_mb=memory(2000),
        runtime=minutes(60),
    params:
        regions=setting("radiogenomics", "regions"),
        convention=setting("radiogenomics", "convention"),
    message:
        "{wildcards.cohort}: measuring tumours"
    script:
        "../scripts/radiogenomics/measure_features.py"


rule radiogenomics_read_features:
    input:
        feature_table,
    output:
        f"{RADIOGENOMICS}/features.tsv",
    log:
        "logs/{cohort}/radiogenomics_read_features.log",
    benchmark:
        "logs/{cohort}/radiogenomics_read_features.benchmark.tsv"
    wildcard_constraints:
        cohort=cohorts_with_features("table"),
    conda:
        "../envs/syncohort.yaml"
    resources:
        mem_mb=memory(2000),
        runtime=minutes(20),
    params:
        table=setting("radiogenomics", "features", "table"),
    message:
        "{wildcards.cohort}: reading image features"
    script:
        "../scripts/radiogenomics/read_features.py"


rule radiogenomics_pair_patients:
    input:
        cohort="results/{cohort}/cohort.h5ad",
        features=f"{RADIOGENOMICS}/features.tsv",
    output:
        patients=f"{RADIOGENOMICS}/patients.h5ad",
        account=f"{RADIOGENOMICS}/patients.tsv",
    log:
        "logs/{cohort}/radiogenomics_pair_patients.log",
    benchmark:
        "logs/{cohort}/radiogenomics_pair_patients.benchmark.tsv"
    conda:
        "../envs/syncohort.yaml"
    resources:
        mem_mb=memory(2000, per_input=20),
        runtime=minutes(20),
    message:
        "{wildcards.cohort}: pairing expression and images by patient"
    script:
        "../scripts/radiogenomics/pair_patients.py"
