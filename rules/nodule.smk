"""The nodule wing: CT of lung tumours, read and checked, and what is known of the patients.

Input: downloaded DICOM series, or a folder of NIfTI volumes.
Output: results/{cohort}/nodule/subjects.tsv, the manifest of the cohort, and clinical.tsv.
"""


include: "nodule_settings.smk"


rule nodule_read_subjects:
    input:
        folder=volume_folder("nodule"),
        records=volume_records("nodule"),
    output:
        manifest=f"{NODULE}/subjects.tsv",
        record=f"{NODULE}/subjects.json",
    log:
        "logs/{cohort}/nodule_read_subjects.log",
    benchmark:
        "logs/{cohort}/nodule_read_subjects.benchmark.tsv"
    conda:
        "../envs/syncohort.yaml"
    resources:
        mem_mb=memory(3000),
        runtime=minutes(120),
    params:
        settings=volume_settings("nodule", "missing", "exclude", "labels"),
        seed=seed_of("nodule"),
    message:
        "{wildcards.cohort}: reading the subjects' CT"
    script:
        "../scripts/nodule/read_subjects.py"


rule nodule_read_clinical:
    input:
        clinical_records,
    output:
        f"{NODULE}/clinical.tsv",
    log:
        "logs/{cohort}/nodule_read_clinical.log",
    benchmark:
        "logs/{cohort}/nodule_read_clinical.benchmark.tsv"
    conda:
        "../envs/syncohort.yaml"
    resources:
        mem_mb=memory(1000),
        runtime=minutes(10),
    message:
        "{wildcards.cohort}: reading the clinical table"
    script:
        "../scripts/nodule/read_clinical.py"
