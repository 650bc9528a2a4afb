"""What the synthetic tiles of the histology wing are worth: to a network, in another cohort, and to a reader's eye."""


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
