"""A page per cohort, an index page over all of them and a leaderboard of their models.

Input: the results of every wing. Output: results/{cohort}/report.html, results/index.html, and results/leaderboard.html with .tsv.
"""


rule report_write_cohort:
    input:
        lambda wildcards: cohort_patients(wildcards).values(),
        lambda wildcards: expression_material(wildcards) if has_wing(wildcards, "expression") else [],
        lambda wildcards: mri_material(wildcards) if has_wing(wildcards, "mri") else [],
        lambda wildcards: nodule_material(wildcards) if has_wing(wildcards, "nodule") else [],
        lambda wildcards: histology_material(wildcards) if has_wing(wildcards, "histology") else [],
        lambda wildcards: radiogenomic_material(wildcards) if has_wing(wildcards, "radiogenomics") else [],
        splits="results/{cohort}/splits.tsv",
    output:
        page=report(
            "results/{cohort}/report.html",
            caption="captions/cohort_report.rst",
            category="Cohorts",
        ),
        summary="results/{cohort}/report.json",
        figures=directory("results/{cohort}/figures"),
    log:
        "logs/{cohort}/report_write_cohort.log",
    benchmark:
        "logs/{cohort}/report_write_cohort.benchmark.tsv"
    conda:
        "../envs/syncohort.yaml"
    resources:
        mem_mb=memory(4000),
        runtime=minutes(20),
    params:
        settings=lambda wildcards: SETTINGS.cohorts[wildcards.cohort].values,
        changed=lambda wildcards: sorted(SETTINGS.cohorts[wildcards.cohort].changed),
        command=reproduction,
    message:
        "{wildcards.cohort}: writing the report"
    script:
        "../scripts/report/write_cohort.py"


rule report_write_index:
    input:
        expand("results/{cohort}/report.json", cohort=list(SETTINGS.cohorts)),
    output:
        report("results/index.html", caption="captions/index.rst", category="Index"),
    log:
        "logs/report_write_index.log",
    benchmark:
        "logs/report_write_index.benchmark.tsv"
    localrule: True
    conda:
        "../envs/syncohort.yaml"
    resources:
        mem_mb=1000,
        runtime=10,
    message:
        "writing the index of cohorts"
    script:
        "../scripts/report/write_index.py"


rule report_write_leaderboard:
    input:
        expand("results/{cohort}/report.json", cohort=cohorts_with("expression")),
    output:
        page=report("results/leaderboard.html", caption="captions/leaderboard.rst", category="Index"),
        table="results/leaderboard.tsv",
    log:
        "logs/report_write_leaderboard.log",
    benchmark:
        "logs/report_write_leaderboard.benchmark.tsv"
    localrule: True
    conda:
        "../envs/syncohort.yaml"
    resources:
        mem_mb=1000,
        runtime=10,
    message:
        "writing the leaderboard of models"
    script:
        "../scripts/report/write_leaderboard.py"
