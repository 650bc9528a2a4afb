"""The nodule wing: read or simulate CT → cut slices → train → sample → judge.

Input: downloaded DICOM series, a folder of volumes or patches, or nothing for simulated ones; results/{cohort}/cohort.h5ad
for the expression that nodules are made from; results/{cohort}/splits.tsv.
Output: results/{cohort}/nodule/subjects.tsv, the manifest of the cohort, and clinical.tsv; slices.safetensors with .tsv; its
models, results/{cohort}/nodule/{split}/{model}/.
"""


include: "nodule_settings.smk"


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


rule nodule_train_generator:
    input:
        unpack(nodule_expression),
        content=f"{NODULE}/slices.safetensors",
        table=f"{NODULE}/slices.tsv",
        splits="results/{cohort}/splits.tsv",
    output:
        weights=f"{NODULE_MODEL}/model.safetensors",
        description=f"{NODULE_MODEL}/model.json",
        history=f"{NODULE_MODEL}/history.tsv",
    log:
        "logs/{cohort}/nodule_train_generator/{model}.{split}.log",
    benchmark:
        "logs/{cohort}/nodule_train_generator/{model}.{split}.benchmark.tsv"
    priority: FIRST
    conda:
        "../envs/syncohort.yaml"
    threads: 1
    resources:
        mem_mb=memory(8000),
        runtime=minutes(1440),
        gpu=1,
        # A matter of the machine, so no setting: --set-resources nodule_train_generator:checkpoint_seconds=600
        checkpoint_seconds=60,
    params:
        model=nodule_model,
        seed=seed_of("train"),
        folder=f"work/{NODULE_MODEL.removeprefix('results/')}",
    message:
        "{wildcards.cohort} {wildcards.split} {wildcards.model}: training the generator of nodules"
    script:
        "../scripts/nodule/train_generator.py"


rule nodule_sample_generator:
    input:
        requests_of_model,
        unpack(sampled_profiles),
        content=f"{NODULE}/slices.safetensors",
        table=f"{NODULE}/slices.tsv",
        weights=f"{NODULE_MODEL}/model.safetensors",
        description=f"{NODULE_MODEL}/model.json",
    output:
        content=f"{NODULE_MODEL}/synthetic.safetensors",
        description=f"{NODULE_MODEL}/synthetic.json",
        table=f"{NODULE_MODEL}/synthetic.tsv",
    log:
        "logs/{cohort}/nodule_sample_generator/{model}.{split}.log",
    benchmark:
        "logs/{cohort}/nodule_sample_generator/{model}.{split}.benchmark.tsv"
    conda:
        "../envs/syncohort.yaml"
    threads: 1
    resources:
        mem_mb=memory(8000),
        runtime=minutes(240),
        gpu=1,
    params:
        settings=setting("nodule", "sample"),
        seed=seed_of("sample"),
    message:
        "{wildcards.cohort} {wildcards.split} {wildcards.model}: making synthetic slices"
    script:
        "../scripts/nodule/sample_generator.py"


rule nodule_export_synthetic:
    input:
        unpack(exported_slices),
    output:
        directory(f"{NODULE}/synthetic"),
    log:
        "logs/{cohort}/nodule_export_synthetic.log",
    benchmark:
        "logs/{cohort}/nodule_export_synthetic.benchmark.tsv"
    conda:
        "../envs/syncohort.yaml"
    resources:
        mem_mb=memory(4000),
        runtime=minutes(120),
    message:
        "{wildcards.cohort}: writing the synthetic slices to take away"
    script:
        "../scripts/nodule/export_synthetic.py"


rule nodule_train_detector:
    input:
        content=f"{NODULE}/slices.safetensors",
        table=f"{NODULE}/slices.tsv",
        splits="results/{cohort}/splits.tsv",
    output:
        weights=f"{DETECTOR}.safetensors",
        description=f"{DETECTOR}.json",
        history=f"{DETECTOR}.tsv",
    log:
        "logs/{cohort}/nodule_train_detector/{split}.log",
    benchmark:
        "logs/{cohort}/nodule_train_detector/{split}.benchmark.tsv"
    conda:
        "../envs/syncohort.yaml"
    threads: 1
    resources:
        mem_mb=memory(8000),
        runtime=minutes(240),
        gpu=1,
        # A matter of the machine, so no setting: --set-resources nodule_train_detector:checkpoint_seconds=600
        checkpoint_seconds=60,
    params:
        settings=setting("nodule", "detector"),
        seed=seed_of("detect"),
        folder=f"work/{DETECTOR.removeprefix('results/')}",
    message:
        "{wildcards.cohort} {wildcards.split}: training the detector of nodules"
    script:
        "../scripts/nodule/train_detector.py"


rule nodule_evaluate_generator:
    input:
        unpack(planted_gene_sets),
        unpack(nodule_expression),
        content=f"{NODULE}/slices.safetensors",
        table=f"{NODULE}/slices.tsv",
        splits="results/{cohort}/splits.tsv",
        weights=f"{NODULE_MODEL}/model.safetensors",
        description=f"{NODULE_MODEL}/model.json",
        detector=f"{DETECTOR}.safetensors",
        detector_description=f"{DETECTOR}.json",
    output:
        metrics=f"{NODULE_MODEL}/metrics.tsv",
        conditioning=f"{NODULE_MODEL}/conditioning.tsv",
        modules=f"{NODULE_MODEL}/modules.tsv",
        preservation=f"{NODULE_MODEL}/preservation.json",
        attributions=f"{NODULE_MODEL}/attributions.tsv",
        attributed_modules=f"{NODULE_MODEL}/attributed_modules.tsv",
        examples=f"{NODULE_MODEL}/examples.safetensors",
        examples_description=f"{NODULE_MODEL}/examples.json",
        examples_table=f"{NODULE_MODEL}/examples.tsv",
    log:
        "logs/{cohort}/nodule_evaluate_generator/{model}.{split}.log",
    benchmark:
        "logs/{cohort}/nodule_evaluate_generator/{model}.{split}.benchmark.tsv"
    conda:
        "../envs/syncohort.yaml"
    threads: 1
    resources:
        mem_mb=memory(8000),
        runtime=minutes(240),
        gpu=1,
    params:
        settings=setting("nodule", "evaluate"),
        seed=seed_of("evaluate"),
    message:
        "{wildcards.cohort} {wildcards.split} {wildcards.model}: judging the synthetic slices"
    script:
        "../scripts/nodule/evaluate_generator.py"


rule nodule_map_patients:
    input:
        requests_of_model,
        unpack(clinical_table),
        cohort="results/{cohort}/cohort.h5ad",
        content=f"{NODULE}/slices.safetensors",
        table=f"{NODULE}/slices.tsv",
        splits="results/{cohort}/splits.tsv",
        weights=f"{NODULE_MODEL}/model.safetensors",
        description=f"{NODULE_MODEL}/model.json",
    output:
        places=f"{NODULE_MODEL}/map.tsv",
        variables=f"{NODULE_MODEL}/map_variables.tsv",
        separability=f"{NODULE_MODEL}/separability.tsv",
    log:
        "logs/{cohort}/nodule_map_patients/{model}.{split}.log",
    benchmark:
        "logs/{cohort}/nodule_map_patients/{model}.{split}.benchmark.tsv"
    conda:
        "../envs/syncohort.yaml"
    resources:
        mem_mb=memory(4000),
        runtime=minutes(60),
    params:
        settings=setting("nodule", "map"),
        covariates=names_of_covariates,
        seed=seed_of("map"),
    message:
        "{wildcards.cohort} {wildcards.split} {wildcards.model}: mapping patients by their genes"
    script:
        "../scripts/nodule/map_patients.py"
