"""The histology wing: read or simulate slides → cut tiles; train the autoencoder of expression → embed;
train generators of tiles → generate.

Input: a folder of slides or of ready tiles, or nothing for simulated slides; results/{cohort}/cohort.h5ad.
Output: results/{cohort}/histology/images.tsv, the manifest of the cohort; tiles.zip and tiles.tsv, its tiles; and of every model
and split results/{cohort}/histology/{split}/{model}/, with its synthetic tiles.
"""


include: "histology_settings.smk"


rule histology_simulate_slides:
    input:
        cohort="results/{cohort}/cohort.h5ad",
        gene_sets="results/{cohort}/gene_sets.gmt",
    output:
        folder=directory(f"{HISTOLOGY}/slides"),
        truth=f"{HISTOLOGY}/truth.tsv",
        slides=f"{HISTOLOGY}/simulated_slides.tsv",
    log:
        "logs/{cohort}/histology_simulate_slides.log",
    benchmark:
        "logs/{cohort}/histology_simulate_slides.benchmark.tsv"
    conda:
        "../envs/syncohort.yaml"
    resources:
        mem_mb=memory(2000),
        runtime=minutes(60),
    params:
        settings=setting("histology", "source", "simulated"),
        seed=seed_of("slides"),
    message:
        "{wildcards.cohort}: simulating slides that follow gene modules"
    script:
        "../scripts/histology/simulate_slides.py"


rule histology_read_images:
    input:
        unpack(samples_of_slides),
        folder=image_folder,
    output:
        manifest=f"{HISTOLOGY}/images.tsv",
        record=f"{HISTOLOGY}/images.json",
    log:
        "logs/{cohort}/histology_read_images.log",
    benchmark:
        "logs/{cohort}/histology_read_images.benchmark.tsv"
    conda:
        "../envs/syncohort.yaml"
    resources:
        mem_mb=memory(2000),
        runtime=minutes(240),
    params:
        settings=image_settings,
        seed=seed_of("histology"),
    message:
        "{wildcards.cohort}: reading the slides"
    script:
        "../scripts/histology/read_images.py"


rule histology_read_profiles:
    input:
        cohort="results/{cohort}/cohort.h5ad",
        profiles=setting("histology", "generate", "profiles"),
    output:
        f"{HISTOLOGY}/profiles.tsv",
    log:
        "logs/{cohort}/histology_read_profiles.log",
    benchmark:
        "logs/{cohort}/histology_read_profiles.benchmark.tsv"
    # What is wrong with a file of the user's is told before anything is trained.
    priority: FIRST
    conda:
        "../envs/syncohort.yaml"
    resources:
        mem_mb=memory(4000, per_input=10),
        runtime=minutes(30),
    message:
        "{wildcards.cohort}: reading new expression profiles"
    script:
        "../scripts/histology/read_profiles.py"


rule histology_inspect_extractor:
    input:
        setting("histology", "extractor", "weights"),
    output:
        f"{HISTOLOGY}/extractor.json",
    log:
        "logs/{cohort}/histology_inspect_extractor.log",
    benchmark:
        "logs/{cohort}/histology_inspect_extractor.benchmark.tsv"
    priority: FIRST
    conda:
        "../envs/syncohort.yaml"
    resources:
        mem_mb=memory(4000),
        runtime=minutes(30),
    params:
        size=setting("histology", "extractor", "size"),
        seed=seed_of("extractor"),
    message:
        "{wildcards.cohort}: trying the network that is to judge tiles"
    script:
        "../scripts/histology/inspect_extractor.py"


rule histology_inspect_requests:
    input:
        unpack(samples_of_slides),
        outside=outside_expression,
        splits="results/{cohort}/splits.tsv",
    output:
        f"{HISTOLOGY}/requests.json",
    log:
        "logs/{cohort}/histology_inspect_requests.log",
    benchmark:
        "logs/{cohort}/histology_inspect_requests.benchmark.tsv"
    priority: FIRST
    conda:
        "../envs/syncohort.yaml"
    resources:
        mem_mb=memory(4000, per_input=10),
        runtime=minutes(30),
    params:
        settings=setting("histology", "generate"),
        split=fold_names(1)[0],
        outside=setting("histology", "evaluate", "outside"),
    message:
        "{wildcards.cohort}: looking for the patients and cohorts that tiles are to be made of"
    script:
        "../scripts/histology/inspect_requests.py"


rule histology_cut_tiles:
    input:
        manifest=f"{HISTOLOGY}/images.tsv",
        folder=image_folder,
    output:
        tiles=f"{HISTOLOGY}/tiles.zip",
        table=f"{HISTOLOGY}/tiles.tsv",
    log:
        "logs/{cohort}/histology_cut_tiles.log",
    benchmark:
        "logs/{cohort}/histology_cut_tiles.benchmark.tsv"
    conda:
        "../envs/syncohort.yaml"
    resources:
        mem_mb=memory(4000),
        runtime=minutes(600),
    params:
        settings=setting("histology", "tile"),
        ready=tiles_are_ready,
        seed=seed_of("tiles"),
    message:
        "{wildcards.cohort}: cutting tiles"
    script:
        "../scripts/histology/cut_tiles.py"


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


rule histology_train_extractor:
    input:
        unpack(told_to_generators),
        tiles=f"{HISTOLOGY}/tiles.zip",
        table=f"{HISTOLOGY}/tiles.tsv",
        splits="results/{cohort}/splits.tsv",
    output:
        weights=f"{TILE_EXTRACTOR}.safetensors",
        description=f"{TILE_EXTRACTOR}.json",
        history=f"{TILE_EXTRACTOR}.history.tsv",
    log:
        "logs/{cohort}/histology_train_extractor/{split}.log",
    benchmark:
        "logs/{cohort}/histology_train_extractor/{split}.benchmark.tsv"
    wildcard_constraints:
        split=r"fold\d+",
    conda:
        "../envs/syncohort.yaml"
    threads: 1
    resources:
        mem_mb=memory(16000),
        runtime=minutes(240),
        gpu=1,
        # A matter of the machine, so no setting: --set-resources histology_train_extractor:checkpoint_seconds=600
        checkpoint_seconds=60,
    params:
        settings=setting("histology", "extractor"),
        seed=seed_of("extractor"),
        folder="work/{cohort}/histology/{split}/extractor",
    message:
        "{wildcards.cohort} {wildcards.split}: training the network that judges tiles"
    script:
        "../scripts/histology/train_extractor.py"


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


rule histology_evaluate_generator:
    input:
        unpack(told_to_generators),
        unpack(planted_slides),
        tiles=f"{HISTOLOGY}/tiles.zip",
        table=f"{HISTOLOGY}/tiles.tsv",
        splits="results/{cohort}/splits.tsv",
        weights=f"{TILE_MODEL}/model.safetensors",
        description=f"{TILE_MODEL}/model.json",
        extractor=tile_extractor,
    output:
        metrics=f"{TILE_MODEL}/metrics.tsv",
        distances=f"{TILE_MODEL}/distances.tsv",
        cells=f"{TILE_MODEL}/cells.tsv",
        steering=f"{TILE_MODEL}/steering.tsv",
    log:
        "logs/{cohort}/histology_evaluate_generator/{model}.{split}.log",
    benchmark:
        "logs/{cohort}/histology_evaluate_generator/{model}.{split}.benchmark.tsv"
    wildcard_constraints:
        split=r"fold\d+",
    conda:
        "../envs/syncohort.yaml"
    threads: 1
    resources:
        mem_mb=memory(16000),
        runtime=minutes(240),
        gpu=1,
    params:
        extractor=setting("histology", "extractor"),
        tiles_per_slide=setting("histology", "evaluate", "tiles_per_slide"),
        seed=seed_of("evaluate"),
    message:
        "{wildcards.cohort} {wildcards.split} {wildcards.model}: judging the synthetic tiles"
    script:
        "../scripts/histology/evaluate_generator.py"


rule histology_evaluate_outside:
    input:
        ancient(f"{HISTOLOGY}/requests.json"),
        unpack(outside_material),
        weights=f"{TILE_MODEL}/model.safetensors",
        description=f"{TILE_MODEL}/model.json",
        autoencoder=f"{EXPRESSION_CODE}/autoencoder.safetensors",
        autoencoder_description=f"{EXPRESSION_CODE}/autoencoder.json",
    output:
        f"{TILE_MODEL}/outside/{{outside}}.tsv",
    log:
        "logs/{cohort}/histology_evaluate_outside/{model}.{split}.{outside}.log",
    benchmark:
        "logs/{cohort}/histology_evaluate_outside/{model}.{split}.{outside}.benchmark.tsv"
    conda:
        "../envs/syncohort.yaml"
    threads: 1
    resources:
        mem_mb=memory(16000),
        runtime=minutes(240),
        gpu=1,
    params:
        tissue=of_outside("tissue"),
        tiles_per_slide=setting("histology", "evaluate", "tiles_per_slide"),
        seed=seed_of("outside"),
    message:
        "{wildcards.cohort} {wildcards.split} {wildcards.model}: making tiles of the patients of {wildcards.outside}"
    script:
        "../scripts/histology/evaluate_outside.py"


rule histology_write_quiz:
    input:
        tiles=f"{HISTOLOGY}/tiles.zip",
        table=f"{HISTOLOGY}/tiles.tsv",
        splits="results/{cohort}/splits.tsv",
        synthetic=f"{TILE_MODEL}/synthetic",
    output:
        f"{TILE_MODEL}/quiz.html",
    log:
        "logs/{cohort}/histology_write_quiz/{model}.{split}.log",
    benchmark:
        "logs/{cohort}/histology_write_quiz/{model}.{split}.benchmark.tsv"
    wildcard_constraints:
        split=r"fold\d+",
    conda:
        "../envs/syncohort.yaml"
    resources:
        mem_mb=memory(2000),
        runtime=minutes(10),
    params:
        questions=setting("histology", "quiz", "questions"),
        title=setting("title"),
        seed=seed_of("quiz"),
    message:
        "{wildcards.cohort} {wildcards.split} {wildcards.model}: writing the quiz"
    script:
        "../scripts/histology/write_quiz.py"
