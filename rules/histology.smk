"""The histology wing: read or simulate slides → cut tiles.

Input: a folder of slides or of ready tiles, or nothing for simulated slides; results/{cohort}/cohort.h5ad.
Output: results/{cohort}/histology/images.tsv, the manifest of the cohort; tiles.zip and tiles.tsv, its tiles.
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
        image_folder,
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
