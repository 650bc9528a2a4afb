"""The models that predict image features from expression, and the same on exchanged features."""


rule radiogenomics_pretrain_autoencoder:
    input:
        patients=f"{RADIOGENOMICS}/patients.h5ad",
        splits="results/{cohort}/splits.tsv",
    output:
        weights=f"{RADIOGENOMICS}/{{split}}/autoencoder.safetensors",
        history=f"{RADIOGENOMICS}/{{split}}/autoencoder.history.tsv",
        search=f"{RADIOGENOMICS}/{{split}}/autoencoder.search.tsv",
    log:
        "logs/{cohort}/radiogenomics_pretrain_autoencoder/{split}.log",
    benchmark:
        "logs/{cohort}/radiogenomics_pretrain_autoencoder/{split}.benchmark.tsv"
    conda:
        "../envs/syncohort.yaml"
    threads: 1
    resources:
        mem_mb=memory(4000, per_input=40),
        runtime=minutes(240),
        gpu=1,
        # A matter of the machine, so no setting: --set-resources radiogenomics_pretrain_autoencoder:checkpoint_seconds=600
        checkpoint_seconds=60,
    params:
        protocol=setting("radiogenomics", "protocol"),
        layers=setting("radiogenomics", "layers"),
        model=setting("radiogenomics", "autoencoder"),
        seed=seed_of("pretrain"),
        folder="work/{cohort}/radiogenomics/{split}/autoencoder",
    message:
        "{wildcards.cohort} {wildcards.split}: pretraining on expression"
    script:
        "../scripts/radiogenomics/pretrain_autoencoder.py"


rule radiogenomics_search_network:
    input:
        unpack(pretrained_encoder),
        patients=f"{RADIOGENOMICS}/patients.h5ad",
        splits="results/{cohort}/splits.tsv",
    output:
        f"{PREDICTOR}/reported.search.tsv",
    log:
        "logs/{cohort}/radiogenomics_search_network/{model}.{split}.log",
    benchmark:
        "logs/{cohort}/radiogenomics_search_network/{model}.{split}.benchmark.tsv"
    wildcard_constraints:
        model=models_that(train=True, wing="radiogenomics"),
    conda:
        "../envs/syncohort.yaml"
    threads: 1
    resources:
        mem_mb=memory(4000, per_input=40),
        runtime=minutes(240),
        gpu=1,
        # A matter of the machine, so no setting: --set-resources radiogenomics_search_network:checkpoint_seconds=600
        checkpoint_seconds=60,
    params:
        protocol=setting("radiogenomics", "protocol"),
        layers=setting("radiogenomics", "layers"),
        model=predictor_settings,
        seed=seed_of("train"),
        folder="work/{cohort}/radiogenomics/{split}/{model}/search",
    message:
        "{wildcards.cohort} {wildcards.split} {wildcards.model}: trying learning rates on the reported patients"
    script:
        "../scripts/radiogenomics/search_network.py"


rule radiogenomics_train_network:
    input:
        unpack(pretrained_encoder),
        unpack(reported_searches),
        patients=f"{RADIOGENOMICS}/patients.h5ad",
        splits="results/{cohort}/splits.tsv",
    output:
        predictions=f"{PREDICTOR}/predictions.tsv",
        weights=f"{PREDICTOR}/model.safetensors",
        description=f"{PREDICTOR}/model.json",
        history=f"{PREDICTOR}/history.tsv",
        search=f"{PREDICTOR}/search.tsv",
    log:
        "logs/{cohort}/radiogenomics_train_network/{model}.{split}.log",
    benchmark:
        "logs/{cohort}/radiogenomics_train_network/{model}.{split}.benchmark.tsv"
    wildcard_constraints:
        model=models_that(train=True, wing="radiogenomics"),
    conda:
        "../envs/syncohort.yaml"
    threads: 1
    resources:
        mem_mb=memory(4000, per_input=40),
        runtime=minutes(240),
        gpu=1,
        # A matter of the machine, so no setting: --set-resources radiogenomics_train_network:checkpoint_seconds=600
        checkpoint_seconds=60,
    params:
        protocol=setting("radiogenomics", "protocol"),
        layers=setting("radiogenomics", "layers"),
        model=predictor_settings,
        seed=seed_of("train"),
        folder="work/{cohort}/radiogenomics/{split}/{model}",
    message:
        "{wildcards.cohort} {wildcards.split} {wildcards.model}: training the network of image features"
    script:
        "../scripts/radiogenomics/train_network.py"


rule radiogenomics_fit_model:
    input:
        patients=f"{RADIOGENOMICS}/patients.h5ad",
        splits="results/{cohort}/splits.tsv",
    output:
        f"{PREDICTOR}/predictions.tsv",
    log:
        "logs/{cohort}/radiogenomics_fit_model/{model}.{split}.log",
    benchmark:
        "logs/{cohort}/radiogenomics_fit_model/{model}.{split}.benchmark.tsv"
    wildcard_constraints:
        model=models_that(train=False, wing="radiogenomics"),
    conda:
        "../envs/syncohort.yaml"
    resources:
        mem_mb=memory(2000, per_input=40),
        runtime=minutes(240),
    params:
        protocol=setting("radiogenomics", "protocol"),
        model=predictor_settings,
        seed=seed_of("train"),
    message:
        "{wildcards.cohort} {wildcards.split} {wildcards.model}: fitting the model of image features"
    script:
        "../scripts/radiogenomics/fit_model.py"


rule radiogenomics_permute_network:
    input:
        unpack(pretrained_encoder),
        patients=f"{RADIOGENOMICS}/patients.h5ad",
        splits="results/{cohort}/splits.tsv",
        description=f"{PREDICTOR}/model.json",
    output:
        f"{PREDICTOR}/permuted.tsv",
    log:
        "logs/{cohort}/radiogenomics_permute_network/{model}.{split}.log",
    benchmark:
        "logs/{cohort}/radiogenomics_permute_network/{model}.{split}.benchmark.tsv"
    wildcard_constraints:
        model=models_that(train=True, wing="radiogenomics"),
    conda:
        "../envs/syncohort.yaml"
    threads: 1
    resources:
        mem_mb=memory(4000, per_input=40),
        runtime=minutes(480),
        gpu=1,
        # A matter of the machine, so no setting: --set-resources radiogenomics_permute_network:checkpoint_seconds=600
        checkpoint_seconds=60,
    params:
        protocol=setting("radiogenomics", "protocol"),
        layers=setting("radiogenomics", "layers"),
        model=predictor_settings,
        permutations=permutations_of,
        seed=seed_of("train"),
        seed_of_permutations=seed_of_permutations,
        folder="work/{cohort}/radiogenomics/{split}/{model}/permutations",
    message:
        "{wildcards.cohort} {wildcards.split} {wildcards.model}: training on exchanged features"
    script:
        "../scripts/radiogenomics/permute_network.py"


rule radiogenomics_permute_model:
    input:
        patients=f"{RADIOGENOMICS}/patients.h5ad",
        splits="results/{cohort}/splits.tsv",
    output:
        f"{PREDICTOR}/permuted.tsv",
    log:
        "logs/{cohort}/radiogenomics_permute_model/{model}.{split}.log",
    benchmark:
        "logs/{cohort}/radiogenomics_permute_model/{model}.{split}.benchmark.tsv"
    wildcard_constraints:
        model=models_that(train=False, wing="radiogenomics"),
    conda:
        "../envs/syncohort.yaml"
    resources:
        mem_mb=memory(2000, per_input=40),
        runtime=minutes(240),
    params:
        protocol=setting("radiogenomics", "protocol"),
        model=predictor_settings,
        permutations=permutations_of,
        seed=seed_of("train"),
        seed_of_permutations=seed_of_permutations,
    message:
        "{wildcards.cohort} {wildcards.split} {wildcards.model}: fitting the model to exchanged features"
    script:
        "../scripts/radiogenomics/permute_model.py"
