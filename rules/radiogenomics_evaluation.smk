"""What the models of image features reach, which genes their predictions rest on, and which modules go with which features."""


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
