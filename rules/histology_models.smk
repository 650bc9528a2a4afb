"""The models of the histology wing: the autoencoder whose codes stand for expression, and the generators of tiles told them."""


rule histology_train_autoencoder:
    input:
        cohort="results/{cohort}/cohort.h5ad",
        splits="results/{cohort}/splits.tsv",
    output:
        weights=f"{EXPRESSION_CODE}/autoencoder.safetensors",
        description=f"{EXPRESSION_CODE}/autoencoder.json",
        history=f"{EXPRESSION_CODE}/autoencoder.history.tsv",
    log:
        "logs/{cohort}/histology_train_autoencoder/{split}.log",
    benchmark:
        "logs/{cohort}/histology_train_autoencoder/{split}.benchmark.tsv"
    conda:
        "../envs/syncohort.yaml"
    threads: 1
    resources:
        mem_mb=memory(12000, per_input=40),
        runtime=minutes(480),
        gpu=1,
        # A matter of the machine, so no setting: --set-resources histology_train_autoencoder:checkpoint_seconds=600
        checkpoint_seconds=60,
    params:
        model=setting("histology", "autoencoder"),
        seed=seed_of("autoencoder"),
        folder="work/{cohort}/histology/{split}/autoencoder",
    message:
        "{wildcards.cohort} {wildcards.split}: training the autoencoder of expression"
    script:
        "../scripts/histology/train_autoencoder.py"


rule histology_embed_expression:
    input:
        cohort="results/{cohort}/cohort.h5ad",
        splits="results/{cohort}/splits.tsv",
        weights=f"{EXPRESSION_CODE}/autoencoder.safetensors",
        description=f"{EXPRESSION_CODE}/autoencoder.json",
    output:
        latents=f"{EXPRESSION_CODE}/latents.h5ad",
        table=f"{EXPRESSION_CODE}/latents.tsv.gz",
        arithmetic=f"{EXPRESSION_CODE}/arithmetic.tsv",
        interpolation=f"{EXPRESSION_CODE}/interpolation.tsv",
    log:
        "logs/{cohort}/histology_embed_expression/{split}.log",
    benchmark:
        "logs/{cohort}/histology_embed_expression/{split}.benchmark.tsv"
    conda:
        "../envs/syncohort.yaml"
    resources:
        mem_mb=memory(8000, per_input=40),
        runtime=minutes(60),
    params:
        tissue=setting("histology", "tissue"),
    message:
        "{wildcards.cohort} {wildcards.split}: encoding expression"
    script:
        "../scripts/histology/embed_expression.py"


rule histology_map_codes:
    input:
        f"{EXPRESSION_CODE}/latents.h5ad",
    output:
        f"{EXPRESSION_CODE}/map.tsv",
    log:
        "logs/{cohort}/histology_map_codes/{split}.log",
    benchmark:
        "logs/{cohort}/histology_map_codes/{split}.benchmark.tsv"
    conda:
        "../envs/syncohort.yaml"
    resources:
        mem_mb=memory(4000),
        runtime=minutes(60),
    params:
        layout=setting("histology", "map", "layout"),
        seed=seed_of("map"),
    message:
        "{wildcards.cohort} {wildcards.split}: mapping the codes of expression"
    script:
        "../scripts/histology/map_codes.py"


rule histology_train_generator:
    input:
        unpack(told_to_generators),
        tiles=f"{HISTOLOGY}/tiles.zip",
        table=f"{HISTOLOGY}/tiles.tsv",
        splits="results/{cohort}/splits.tsv",
    output:
        weights=f"{TILE_MODEL}/model.safetensors",
        description=f"{TILE_MODEL}/model.json",
        history=f"{TILE_MODEL}/history.tsv",
    log:
        "logs/{cohort}/histology_train_generator/{model}.{split}.log",
    benchmark:
        "logs/{cohort}/histology_train_generator/{model}.{split}.benchmark.tsv"
    conda:
        "../envs/syncohort.yaml"
    threads: 1
    resources:
        mem_mb=memory(16000),
        runtime=minutes(2880),
        gpu=1,
        # A matter of the machine, so no setting: --set-resources histology_train_generator:checkpoint_seconds=600
        checkpoint_seconds=60,
    params:
        model=tile_model,
        seed=seed_of("train"),
        folder=f"work/{TILE_MODEL.removeprefix('results/')}",
    message:
        "{wildcards.cohort} {wildcards.split} {wildcards.model}: training the generator of tiles"
    script:
        "../scripts/histology/train_generator.py"


rule histology_generate_tiles:
    input:
        # Looked for before anything is trained; a later look for more changes no tile.
        ancient(f"{HISTOLOGY}/requests.json"),
        unpack(told_to_generators),
        unpack(new_profiles),
        weights=f"{TILE_MODEL}/model.safetensors",
        description=f"{TILE_MODEL}/model.json",
    output:
        folder=directory(f"{TILE_MODEL}/synthetic"),
        record=f"{TILE_MODEL}/synthetic.json",
    log:
        "logs/{cohort}/histology_generate_tiles/{model}.{split}.log",
    benchmark:
        "logs/{cohort}/histology_generate_tiles/{model}.{split}.benchmark.tsv"
    conda:
        "../envs/syncohort.yaml"
    threads: 1
    resources:
        mem_mb=memory(8000),
        runtime=minutes(240),
        gpu=1,
    params:
        settings=setting("histology", "generate"),
        seed=seed_of("generate"),
    message:
        "{wildcards.cohort} {wildcards.split} {wildcards.model}: making tiles"
    script:
        "../scripts/histology/generate_tiles.py"
