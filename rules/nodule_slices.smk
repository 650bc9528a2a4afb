"""The files that the nodule wing begins with: CT and what is known of its patients are read; slices are cut."""


rule nodule_simulate_subjects:
    input:
        cohort="results/{cohort}/cohort.h5ad",
        gene_sets="results/{cohort}/gene_sets.gmt",
    output:
        folder=directory(f"{NODULE}/phantoms"),
        nodules=f"{NODULE}/nodules.tsv",
        truth=f"{NODULE}/truth.tsv",
    log:
        "logs/{cohort}/nodule_simulate_subjects.log",
    benchmark:
        "logs/{cohort}/nodule_simulate_subjects.benchmark.tsv"
    conda:
        "../envs/syncohort.yaml"
    resources:
        mem_mb=memory(2000),
        runtime=minutes(60),
    params:
        source=setting("nodule", "source", "simulated"),
        seed=seed_of("nodule"),
    message:
        "{wildcards.cohort}: simulating CT of nodules that follow gene modules"
    script:
        "../scripts/nodule/simulate_subjects.py"


rule nodule_convert_patches:
    input:
        lambda wildcards: setting("nodule", "source", "patches", "folder")(wildcards),
    output:
        directory(f"{NODULE}/patches"),
    log:
        "logs/{cohort}/nodule_convert_patches.log",
    benchmark:
        "logs/{cohort}/nodule_convert_patches.benchmark.tsv"
    conda:
        "../envs/syncohort.yaml"
    resources:
        mem_mb=memory(1000),
        runtime=minutes(60),
    params:
        source=setting("nodule", "source", "patches"),
    message:
        "{wildcards.cohort}: converting patches of nodules"
    script:
        "../scripts/nodule/convert_patches.py"


rule nodule_read_subjects:
    input:
        folder=volume_folder("nodule"),
        records=volume_records("nodule"),
    output:
        manifest=f"{NODULE}/subjects.tsv",
        record=f"{NODULE}/subjects.json",
    log:
        "logs/{cohort}/nodule_read_subjects.log",
    benchmark:
        "logs/{cohort}/nodule_read_subjects.benchmark.tsv"
    conda:
        "../envs/syncohort.yaml"
    resources:
        mem_mb=memory(3000),
        runtime=minutes(240),
    params:
        settings=volume_settings("nodule", "missing", "exclude", "labels"),
        seed=seed_of("nodule"),
    message:
        "{wildcards.cohort}: reading the subjects' CT"
    script:
        "../scripts/nodule/read_subjects.py"


rule nodule_prepare_slices:
    input:
        manifest=f"{NODULE}/subjects.tsv",
        folder=volume_folder("nodule"),
    output:
        content=f"{NODULE}/slices.safetensors",
        description=f"{NODULE}/slices.json",
        table=f"{NODULE}/slices.tsv",
    log:
        "logs/{cohort}/nodule_prepare_slices.log",
    benchmark:
        "logs/{cohort}/nodule_prepare_slices.benchmark.tsv"
    conda:
        "../envs/syncohort.yaml"
    resources:
        mem_mb=memory(6000),
        runtime=minutes(240),
    params:
        settings=setting("nodule", "prepare"),
        seed=seed_of("nodule"),
    message:
        "{wildcards.cohort}: cutting slices with nodules and backgrounds"
    script:
        "../scripts/nodule/prepare_slices.py"


rule nodule_read_clinical:
    input:
        clinical_records,
    output:
        f"{NODULE}/clinical.tsv",
    log:
        "logs/{cohort}/nodule_read_clinical.log",
    benchmark:
        "logs/{cohort}/nodule_read_clinical.benchmark.tsv"
    conda:
        "../envs/syncohort.yaml"
    resources:
        mem_mb=memory(1000),
        runtime=minutes(10),
    message:
        "{wildcards.cohort}: reading the clinical table"
    script:
        "../scripts/nodule/read_clinical.py"


rule nodule_inspect_requests:
    input:
        unpack(clinical_table),
        unpack(further_profiles),
        cohort="results/{cohort}/cohort.h5ad",
        subjects=f"{NODULE}/subjects.tsv",
        splits="results/{cohort}/splits.tsv",
    output:
        f"{NODULE}/requests.json",
    log:
        "logs/{cohort}/nodule_inspect_requests.log",
    benchmark:
        "logs/{cohort}/nodule_inspect_requests.benchmark.tsv"
    priority: FIRST + 1
    conda:
        "../envs/syncohort.yaml"
    resources:
        mem_mb=memory(4000, per_input=10),
        runtime=minutes(30),
    params:
        folds=setting("nodule", "evaluate", "folds"),
        sample=setting("nodule", "sample"),
        model=sampled_model,
        labels=setting("nodule", "map", "labels"),
        covariates=names_of_covariates,
    message:
        "{wildcards.cohort}: looking for the patients, profiles and labels that slices are to be made of"
    script:
        "../scripts/nodule/inspect_requests.py"
