"""The files that the histology wing begins with: slides, new profiles and a network of the user's own are read; tiles are cut."""


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
