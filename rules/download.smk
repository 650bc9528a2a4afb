"""Public datasets into the cache, which cohorts share: every dataset is fetched once.

Input: the network. Output: {cache}/{source}/{dataset}/dataset.json, the record of a dataset whose files are whole.
"""


rule download_dataset:
    output:
        # The files lie beside the record and are not declared, so that Snakemake leaves them alone and a download goes on
        # where it was. The record itself is not removed beforehand, since others may be using the cache.
        update(dataset_record("{source}/{dataset}")),
    log:
        "logs/download_dataset/{source}.{dataset}.log",
    benchmark:
        "logs/download_dataset/{source}.{dataset}.benchmark.tsv"
    wildcard_constraints:
        source="[a-z0-9-]+",
        dataset="[A-Za-z0-9._-]+",
    # On the computer where Snakemake runs: nodes of a cluster often have no network.
    localrule: True
    conda:
        "../envs/syncohort.yaml"
    resources:
        mem_mb=1000,
        runtime=minutes(600),
        # No setting of the result, so no reason to download again.
        mirror=lambda wildcards: SETTINGS.mirrors.get(wildcards.source, ""),
    message:
        "{wildcards.source}/{wildcards.dataset}: downloading what is missing"
    script:
        "../scripts/download/dataset.py"
