"""The expression wing: filter → test → select → normalise → train or fit → sample → evaluate, per split.

Input: results/{cohort}/cohort.h5ad and results/{cohort}/splits.tsv.
Output: results/{cohort}/expression/{selection}/synthetic.h5ad and .tsv.gz, which users take away, and the models,
histories and metrics that the report is made of.
"""


include: "expression_settings.smk"


rule expression_filter_unexpressed:
    input:
        cohort="results/{cohort}/cohort.h5ad",
        splits="results/{cohort}/splits.tsv",
    output:
        f"{STATISTICS}/removed.tsv",
    log:
        "logs/{cohort}/expression_filter_unexpressed/{split}.log",
    benchmark:
        "logs/{cohort}/expression_filter_unexpressed/{split}.benchmark.tsv"
    conda:
        "../envs/syncohort.yaml"
    resources:
        mem_mb=memory(2000, per_input=10),
        runtime=minutes(20),
    message:
        "{wildcards.cohort} {wildcards.split}: finding samples and genes without expression"
    script:
        "../scripts/expression/filter_unexpressed.py"


rule expression_test_genes:
    input:
        cohort="results/{cohort}/cohort.h5ad",
        splits="results/{cohort}/splits.tsv",
        removed=f"{STATISTICS}/removed.tsv",
    output:
        f"{STATISTICS}/test.tsv",
    log:
        "logs/{cohort}/expression_test_genes/{split}.log",
    benchmark:
        "logs/{cohort}/expression_test_genes/{split}.benchmark.tsv"
    conda:
        "../envs/syncohort.yaml"
    resources:
        mem_mb=memory(2000, per_input=10),
        runtime=minutes(20),
    params:
        test=setting("expression", "test"),
    message:
        "{wildcards.cohort} {wildcards.split}: testing every gene for a difference between tumour and normal"
    script:
        "../scripts/expression/test_genes.py"


rule expression_compute_fold_change:
    input:
        cohort="results/{cohort}/cohort.h5ad",
        splits="results/{cohort}/splits.tsv",
        removed=f"{STATISTICS}/removed.tsv",
    output:
        f"{STATISTICS}/fold_change.tsv",
    log:
        "logs/{cohort}/expression_compute_fold_change/{split}.log",
    benchmark:
        "logs/{cohort}/expression_compute_fold_change/{split}.benchmark.tsv"
    conda:
        "../envs/syncohort.yaml"
    resources:
        mem_mb=memory(2000, per_input=10),
        runtime=minutes(20),
    params:
        method=setting("expression", "test", "method"),
        pseudo_count=setting("expression", "fold_change", "pseudo_count"),
    message:
        "{wildcards.cohort} {wildcards.split}: computing fold changes"
    script:
        "../scripts/expression/compute_fold_change.py"


rule expression_select_genes:
    input:
        unpack(selection_evidence),
        cohort="results/{cohort}/cohort.h5ad",
        splits="results/{cohort}/splits.tsv",
        removed=f"{STATISTICS}/removed.tsv",
    output:
        f"{SELECTION}/genes.tsv",
    log:
        "logs/{cohort}/expression_select_genes/{selection}.{split}.log",
    benchmark:
        "logs/{cohort}/expression_select_genes/{selection}.{split}.benchmark.tsv"
    conda:
        "../envs/syncohort.yaml"
    resources:
        mem_mb=memory(2000, per_input=10),
        runtime=minutes(20),
    params:
        settings=selection_settings,
    message:
        "{wildcards.cohort} {wildcards.selection} {wildcards.split}: selecting genes"
    script:
        "../scripts/expression/select_genes.py"


rule expression_normalise:
    input:
        cohort="results/{cohort}/cohort.h5ad",
        splits="results/{cohort}/splits.tsv",
        removed=f"{STATISTICS}/removed.tsv",
        genes=f"{SELECTION}/genes.tsv",
    output:
        f"{SELECTION}/normalised.h5ad",
    log:
        "logs/{cohort}/expression_normalise/{selection}.{split}.log",
    benchmark:
        "logs/{cohort}/expression_normalise/{selection}.{split}.benchmark.tsv"
    conda:
        "../envs/syncohort.yaml"
    resources:
        mem_mb=memory(2000, per_input=10),
        runtime=minutes(20),
    message:
        "{wildcards.cohort} {wildcards.selection} {wildcards.split}: normalising the training samples"
    script:
        "../scripts/expression/normalise.py"


rule expression_train_generator:
    input:
        unpack(own_code),
        cohort="results/{cohort}/cohort.h5ad",
        normalised=f"{SELECTION}/normalised.h5ad",
    output:
        weights=f"{MODEL}/model.safetensors",
        description=f"{MODEL}/model.json",
        history=f"{MODEL}/history.tsv",
    log:
        "logs/{cohort}/expression_train_generator/{selection}.{model}.{split}.log",
    benchmark:
        "logs/{cohort}/expression_train_generator/{selection}.{model}.{split}.benchmark.tsv"
    wildcard_constraints:
        model=models_that(train=True, wing="expression"),
    conda:
        "../envs/syncohort.yaml"
    threads: 1
    resources:
        mem_mb=for_each_process(memory(3000, per_input=20)),
        runtime=minutes(240),
        gpu=1,
        # A matter of the machine, so no setting: --set-resources expression_train_generator:checkpoint_seconds=600
        checkpoint_seconds=60,
    params:
        model=model_setting,
        covariates=setting("covariates"),
        seed=seed_of("train"),
        folder=f"work/{MODEL.removeprefix('results/')}",
    message:
        "{wildcards.cohort} {wildcards.selection} {wildcards.split} {wildcards.model}: training the generator's network"
    script:
        "../scripts/expression/train_generator.py"


rule expression_fit_generator:
    input:
        unpack(own_code),
        cohort="results/{cohort}/cohort.h5ad",
        normalised=f"{SELECTION}/normalised.h5ad",
    output:
        weights=f"{MODEL}/model.safetensors",
        description=f"{MODEL}/model.json",
    log:
        "logs/{cohort}/expression_fit_generator/{selection}.{model}.{split}.log",
    benchmark:
        "logs/{cohort}/expression_fit_generator/{selection}.{model}.{split}.benchmark.tsv"
    wildcard_constraints:
        model=models_that(train=False, wing="expression"),
    conda:
        "../envs/syncohort.yaml"
    resources:
        mem_mb=memory(2000, per_input=40),
        runtime=minutes(60),
    params:
        model=model_setting,
        covariates=setting("covariates"),
        seed=seed_of("train"),
    message:
        "{wildcards.cohort} {wildcards.selection} {wildcards.split} {wildcards.model}: fitting the generator"
    script:
        "../scripts/expression/fit_generator.py"


rule expression_sample_generator:
    input:
        unpack(own_code),
        cohort="results/{cohort}/cohort.h5ad",
        splits="results/{cohort}/splits.tsv",
        weights=f"{MODEL}/model.safetensors",
        description=f"{MODEL}/model.json",
    output:
        f"{MODEL}/synthetic.h5ad",
    log:
        "logs/{cohort}/expression_sample_generator/{selection}.{model}.{split}.log",
    benchmark:
        "logs/{cohort}/expression_sample_generator/{selection}.{model}.{split}.benchmark.tsv"
    conda:
        "../envs/syncohort.yaml"
    resources:
        mem_mb=memory(2000, per_input=10),
        runtime=minutes(20),
    params:
        sample=sample_settings,
        covariates=setting("covariates"),
        seed=seed_of("sample"),
    message:
        "{wildcards.cohort} {wildcards.selection} {wildcards.split} {wildcards.model}: sampling the generator"
    script:
        "../scripts/expression/sample_generator.py"


rule expression_evaluate_fold:
    input:
        unpack(named_gene_sets),
        cohort="results/{cohort}/cohort.h5ad",
        splits="results/{cohort}/splits.tsv",
        normalised=f"{SELECTION}/normalised.h5ad",
        weights=f"{MODEL}/model.safetensors",
        description=f"{MODEL}/model.json",
        synthetic=f"{MODEL}/synthetic.h5ad",
    output:
        metrics=f"{MODEL}/metrics.tsv",
        learning_curve=f"{MODEL}/learning_curve.tsv",
        self_test=f"{MODEL}/self_test.tsv",
    log:
        "logs/{cohort}/expression_evaluate_fold/{selection}.{model}.{split}.log",
    benchmark:
        "logs/{cohort}/expression_evaluate_fold/{selection}.{model}.{split}.benchmark.tsv"
    conda:
        "../envs/syncohort.yaml"
    resources:
        mem_mb=memory(3000, per_input=20),
        runtime=minutes(60),
    params:
        covariates=setting("covariates"),
        named=setting("expression", "evaluate", "named_genes"),
        pseudo_count=setting("expression", "fold_change", "pseudo_count"),
        draws=setting("expression", "evaluate", "draws"),
        seed=seed_of("evaluate"),
    message:
        "{wildcards.cohort} {wildcards.selection} {wildcards.split} {wildcards.model}: scoring synthetic samples against held-out patients"
    script:
        "../scripts/expression/evaluate_fold.py"


rule expression_cross_validate:
    input:
        unpack(fold_scores),
    output:
        metrics=f"{CROSS_VALIDATION}.tsv",
        learning_curve=f"{CROSS_VALIDATION}.learning_curve.tsv",
        self_test=f"{CROSS_VALIDATION}.self_test.tsv",
    log:
        "logs/{cohort}/expression_cross_validate/{selection}.{model}.log",
    benchmark:
        "logs/{cohort}/expression_cross_validate/{selection}.{model}.benchmark.tsv"
    conda:
        "../envs/syncohort.yaml"
    resources:
        mem_mb=memory(2000),
        runtime=minutes(20),
    params:
        repeats=setting("splits", "repeats"),
    message:
        "{wildcards.cohort} {wildcards.selection} {wildcards.model}: joining the scores of all folds"
    script:
        "../scripts/expression/cross_validate.py"


rule expression_export_synthetic:
    input:
        exported_model,
    output:
        cohort="results/{cohort}/expression/{selection}/synthetic.h5ad",
        table="results/{cohort}/expression/{selection}/synthetic.tsv.gz",
        provenance="results/{cohort}/expression/{selection}/synthetic.json",
    log:
        "logs/{cohort}/expression_export_synthetic/{selection}.log",
    benchmark:
        "logs/{cohort}/expression_export_synthetic/{selection}.benchmark.tsv"
    conda:
        "../envs/syncohort.yaml"
    resources:
        mem_mb=memory(2000, per_input=10),
        runtime=minutes(20),
    message:
        "{wildcards.cohort} {wildcards.selection}: writing the synthetic cohort to take away"
    script:
        "../scripts/expression/export_synthetic.py"
