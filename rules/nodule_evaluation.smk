"""What the synthetic slices of the nodule wing are worth, whether they follow the genes, and the radiogenomic map."""


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
