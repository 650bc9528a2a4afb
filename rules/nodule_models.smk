"""The generators of nodules, and the slices that users take away."""


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
