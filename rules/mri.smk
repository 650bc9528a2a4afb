"""The MRI wing: read or simulate → prepare → train.

Input: a folder of NIfTI volumes, or nothing for simulated subjects; results/{cohort}/splits.tsv.
Output: results/{cohort}/mri/subjects.tsv, the manifest of the cohort.
"""

MRI = "results/{cohort}/mri"


def volume_folder(wildcards):
    """Folder that a cohort's volumes are read from: the user's, or that of the phantoms."""
    kind, source = next(iter(setting("mri", "source")(wildcards).items()))
    return expand(f"{MRI}/phantoms", **wildcards)[0] if kind == "simulated" else source["folder"]


def volume_settings(wildcards):
    """Settings by which volumes are read; the phantoms lie in a folder as BraTS has it."""
    mri = setting("mri")(wildcards)
    read = {key: mri[key] for key in ("source", "modalities", "missing", "exclude", "labels")}
    return {**read, "source": {"brats": {"folder": volume_folder(wildcards)}}} if "simulated" in mri["source"] else read


rule mri_simulate_subjects:
    output:
        folder=directory(f"{MRI}/phantoms"),
        truth=f"{MRI}/truth.tsv",
    log:
        "logs/{cohort}/mri_simulate_subjects.log",
    benchmark:
        "logs/{cohort}/mri_simulate_subjects.benchmark.tsv"
    conda:
        "../envs/syncohort.yaml"
    resources:
        mem_mb=memory(2000),
        runtime=minutes(60),
    params:
        source=setting("mri", "source", "simulated"),
        seed=seed_of("mri"),
    message:
        "{wildcards.cohort}: simulating brain phantoms"
    script:
        "../scripts/mri/simulate_subjects.py"


rule mri_read_subjects:
    input:
        volume_folder,
    output:
        manifest=f"{MRI}/subjects.tsv",
        record=f"{MRI}/subjects.json",
    log:
        "logs/{cohort}/mri_read_subjects.log",
    benchmark:
        "logs/{cohort}/mri_read_subjects.benchmark.tsv"
    conda:
        "../envs/syncohort.yaml"
    resources:
        mem_mb=memory(2000),
        runtime=minutes(60),
    params:
        settings=volume_settings,
        seed=seed_of("mri"),
    message:
        "{wildcards.cohort}: reading the subjects' volumes"
    script:
        "../scripts/mri/read_subjects.py"
