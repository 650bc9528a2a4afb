"""The radiogenomics wing: image features → pairs → pretrain and train, or fit → evaluate → explain and associate.

Input: results/{cohort}/cohort.h5ad, and tumour labels or a table of image features.
Output: results/{cohort}/radiogenomics/, tables that the report is made of, and the networks of every fold.
"""


include: "radiogenomics_settings.smk"


rule radiogenomics_simulate_tumours:
    input:
        cohort="results/{cohort}/cohort.h5ad",
        gene_sets="results/{cohort}/gene_sets.gmt",
    output:
        labels=directory(f"{RADIOGENOMICS}/tumours"),
        manifest=f"{RADIOGENOMICS}/tumours.tsv",
        truth=f"{RADIOGENOMICS}/truth.tsv",
    log:
        "logs/{cohort}/radiogenomics_simulate_tumours.log",
    benchmark:
        "logs/{cohort}/radiogenomics_simulate_tumours.benchmark.tsv"
    wildcard_constraints:
        cohort=cohorts_with_features("simulated"),
    conda:
        "../envs/syncohort.yaml"
    resources:
        mem_mb=memory(2000),
        runtime=minutes(20),
    params:
        settings=setting("radiogenomics", "features", "simulated"),
        seed=seed_of("tumours"),
    message:
        "{wildcards.cohort}: simulating tumours that follow gene modules"
    script:
        "../scripts/radiogenomics/simulate_tumours.py"


rule radiogenomics_measure_features:
    input:
        tumour_labels,
    output:
        f"{RADIOGENOMICS}/features.tsv",
    log:
        "logs/{cohort}/radiogenomics_measure_features.log",
    benchmark:
        "logs/{cohort}/radiogenomics_measure_features.benchmark.tsv"
    wildcard_constraints:
        cohort=f"{cohorts_with_features('labels')}|{cohorts_with_features('simulated')}",
    conda:
        "../envs/syncohort.yaml"
    resources:
        mem_mb=memory(2000),
        runtime=minutes(60),
    params:
        regions=setting("radiogenomics", "regions"),
        convention=setting("radiogenomics", "convention"),
    message:
        "{wildcards.cohort}: measuring tumours"
    script:
        "../scripts/radiogenomics/measure_features.py"


rule radiogenomics_read_features:
    input:
        feature_table,
    output:
        f"{RADIOGENOMICS}/features.tsv",
    log:
        "logs/{cohort}/radiogenomics_read_features.log",
    benchmark:
        "logs/{cohort}/radiogenomics_read_features.benchmark.tsv"
    wildcard_constraints:
        cohort=cohorts_with_features("table"),
    conda:
        "../envs/syncohort.yaml"
    resources:
        mem_mb=memory(2000),
        runtime=minutes(20),
    params:
        table=setting("radiogenomics", "features", "table"),
    message:
        "{wildcards.cohort}: reading image features"
    script:
        "../scripts/radiogenomics/read_features.py"


rule radiogenomics_pair_patients:
    input:
        cohort="results/{cohort}/cohort.h5ad",
        features=f"{RADIOGENOMICS}/features.tsv",
    output:
        patients=f"{RADIOGENOMICS}/patients.h5ad",
        account=f"{RADIOGENOMICS}/patients.tsv",
    log:
        "logs/{cohort}/radiogenomics_pair_patients.log",
    benchmark:
        "logs/{cohort}/radiogenomics_pair_patients.benchmark.tsv"
    conda:
        "../envs/syncohort.yaml"
    resources:
        mem_mb=memory(2000, per_input=20),
        runtime=minutes(20),
    message:
        "{wildcards.cohort}: pairing expression and images by patient"
    script:
        "../scripts/radiogenomics/pair_patients.py"


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


rule radiogenomics_evaluate_models:
    input:
        unpack(evaluated_models),
    output:
        **{table: f"{RADIOGENOMICS}/{table}.tsv" for table in EVALUATIONS},
    log:
        "logs/{cohort}/radiogenomics_evaluate_models.log",
    benchmark:
        "logs/{cohort}/radiogenomics_evaluate_models.benchmark.tsv"
    conda:
        "../envs/syncohort.yaml"
    resources:
        mem_mb=memory(1000),
        runtime=minutes(20),
    params:
        compare_with=setting("radiogenomics", "compare_with"),
        protocol=setting("radiogenomics", "protocol"),
    message:
        "{wildcards.cohort}: comparing the models of image features"
    script:
        "../scripts/radiogenomics/evaluate_models.py"


rule radiogenomics_attribute_genes:
    input:
        unpack(explained_networks),
        unpack(named_gene_sets),
        patients=f"{RADIOGENOMICS}/patients.h5ad",
        splits="results/{cohort}/splits.tsv",
    output:
        attributions=f"{RADIOGENOMICS}/attributions.tsv",
        enrichment=f"{RADIOGENOMICS}/enrichment.tsv",
    log:
        "logs/{cohort}/radiogenomics_attribute_genes.log",
    benchmark:
        "logs/{cohort}/radiogenomics_attribute_genes.benchmark.tsv"
    conda:
        "../envs/syncohort.yaml"
    resources:
        mem_mb=memory(4000, per_input=40),
        runtime=minutes(60),
    params:
        protocol=setting("radiogenomics", "protocol"),
    message:
        "{wildcards.cohort}: asking the networks which genes their predictions rest on"
    script:
        "../scripts/radiogenomics/attribute_genes.py"


rule radiogenomics_associate_modules:
    input:
        f"{RADIOGENOMICS}/patients.h5ad",
    output:
        associations=f"{RADIOGENOMICS}/associations.tsv",
        modules=f"{RADIOGENOMICS}/modules.gmt",
        sizes=f"{RADIOGENOMICS}/modules.json",
        false_alarms=f"{RADIOGENOMICS}/false_alarms.json",
    log:
        "logs/{cohort}/radiogenomics_associate_modules.log",
    benchmark:
        "logs/{cohort}/radiogenomics_associate_modules.benchmark.tsv"
    conda:
        "../envs/syncohort.yaml"
    resources:
        mem_mb=memory(4000, per_input=40),
        runtime=minutes(60),
    params:
        modules=setting("radiogenomics", "modules"),
        permutations=setting("radiogenomics", "permutations"),
        seed=seed_of("associate"),
    message:
        "{wildcards.cohort}: associating gene modules with image features"
    script:
        "../scripts/radiogenomics/associate_modules.py"
