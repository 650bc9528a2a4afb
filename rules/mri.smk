"""The MRI wing: read or simulate → prepare → train → sample → segment → evaluate.

Input: a folder of NIfTI volumes, or nothing for simulated subjects; results/{cohort}/splits.tsv.
Output: results/{cohort}/mri/subjects.tsv, the manifest of the cohort; its models, results/{cohort}/mri/{split}/{model}/, each
judged fold's with its scores; and results/{cohort}/mri/synthetic/, the synthetic subjects to take away.
"""


include: "mri_settings.smk"


rule mri_simulate_subjects:
    output:
        folder=directory(f"{MRI}/phantoms"),
        truth=f"{MRI}/truth.tsv",
    log:
        "logs/{cohort}/mri_simulate_subjects.log",
    benchmark:
        "logs/{cohort}/mri_simulate_subjects.benchmark.tsv"
    priority: FIRST
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


rule mri_unpack_task:
    input:
        volume_records("mri"),
    output:
        directory(f"{MRI}/Task01_BrainTumour"),
    log:
        "logs/{cohort}/mri_unpack_task.log",
    benchmark:
        "logs/{cohort}/mri_unpack_task.benchmark.tsv"
    conda:
        "../envs/syncohort.yaml"
    resources:
        mem_mb=memory(1000),
        runtime=minutes(60),
    message:
        "{wildcards.cohort}: unpacking the task"
    script:
        "../scripts/mri/unpack_task.py"


rule mri_read_subjects:
    input:
        volume_folder("mri"),
        volume_records("mri"),
    output:
        manifest=f"{MRI}/subjects.tsv",
        record=f"{MRI}/subjects.json",
    log:
        "logs/{cohort}/mri_read_subjects.log",
    benchmark:
        "logs/{cohort}/mri_read_subjects.benchmark.tsv"
    priority: FIRST
    conda:
        "../envs/syncohort.yaml"
    resources:
        mem_mb=memory(2000),
        runtime=minutes(60),
    params:
        settings=volume_settings("mri", "modalities", "missing", "exclude", "labels"),
        seed=seed_of("mri"),
    message:
        "{wildcards.cohort}: reading the subjects' volumes"
    script:
        "../scripts/mri/read_subjects.py"


rule mri_prepare_subjects:
    input:
        manifest=f"{MRI}/subjects.tsv",
        folder=volume_folder("mri"),
    output:
        directory(f"{MRI}/prepared"),
    log:
        "logs/{cohort}/mri_prepare_subjects.log",
    benchmark:
        "logs/{cohort}/mri_prepare_subjects.benchmark.tsv"
    priority: FIRST
    conda:
        "../envs/syncohort.yaml"
    resources:
        mem_mb=memory(3000),
        runtime=minutes(120),
    params:
        modalities=setting("mri", "modalities"),
        settings=setting("mri", "prepare"),
    message:
        "{wildcards.cohort}: preparing the subjects' volumes"
    script:
        "../scripts/mri/prepare_subjects.py"


rule mri_train_generator:
    input:
        manifest=f"{MRI}/subjects.tsv",
        prepared=f"{MRI}/prepared",
        splits="results/{cohort}/splits.tsv",
    output:
        weights=f"{MRI_MODEL}/model.safetensors",
        description=f"{MRI_MODEL}/model.json",
        history=f"{MRI_MODEL}/history.tsv",
    log:
        "logs/{cohort}/mri_train_generator/{model}.{split}.log",
    benchmark:
        "logs/{cohort}/mri_train_generator/{model}.{split}.benchmark.tsv"
    priority: FIRST
    conda:
        "../envs/syncohort.yaml"
    threads: 1
    resources:
        mem_mb=for_each_process(memory(16000)),
        runtime=minutes(2880),
        gpu=1,
        # A matter of the machine, so no setting: --set-resources mri_train_generator:checkpoint_seconds=600
        checkpoint_seconds=60,
    params:
        model=mri_model,
        seed=seed_of("train"),
        folder=f"work/{MRI_MODEL.removeprefix('results/')}",
    message:
        "{wildcards.cohort} {wildcards.split} {wildcards.model}: training the generator of images"
    script:
        "../scripts/mri/train_generator.py"


rule mri_sample_generator:
    input:
        manifest=f"{MRI}/subjects.tsv",
        prepared=f"{MRI}/prepared",
        splits="results/{cohort}/splits.tsv",
        weights=f"{MRI_MODEL}/model.safetensors",
        description=f"{MRI_MODEL}/model.json",
    output:
        folder=directory(f"{MRI_MODEL}/synthetic"),
        counterparts=directory(f"{MRI_MODEL}/counterparts"),
        record=f"{MRI_MODEL}/synthetic.json",
    log:
        "logs/{cohort}/mri_sample_generator/{model}.{split}.log",
    benchmark:
        "logs/{cohort}/mri_sample_generator/{model}.{split}.benchmark.tsv"
    conda:
        "../envs/syncohort.yaml"
    threads: 1
    resources:
        mem_mb=memory(8000),
        runtime=minutes(240),
        gpu=1,
    params:
        sample=mri_samples,
        seed=seed_of("sample"),
    message:
        "{wildcards.cohort} {wildcards.split} {wildcards.model}: making synthetic subjects"
    script:
        "../scripts/mri/sample_generator.py"


rule mri_train_segmenter:
    input:
        unpack(segmenter_material),
        manifest=f"{MRI}/subjects.tsv",
        splits="results/{cohort}/splits.tsv",
    output:
        weights=f"{SEGMENTER}/model.safetensors",
        description=f"{SEGMENTER}/model.json",
        history=f"{SEGMENTER}/history.tsv",
    log:
        "logs/{cohort}/mri_train_segmenter/{training}.{repeat}.{split}.log",
    benchmark:
        "logs/{cohort}/mri_train_segmenter/{training}.{repeat}.{split}.benchmark.tsv"
    conda:
        "../envs/syncohort.yaml"
    threads: 1
    resources:
        mem_mb=memory(16000),
        runtime=minutes(1440),
        gpu=1,
        # A matter of the machine, so no setting: --set-resources mri_train_segmenter:checkpoint_seconds=600
        checkpoint_seconds=60,
    params:
        training_set=lambda wildcards: wildcards.training.rpartition(".")[2],
        settings=segmenter_settings,
        seed=seed_of("segment"),
        folder=f"work/{SEGMENTER.removeprefix('results/')}",
    message:
        "{wildcards.cohort} {wildcards.split} {wildcards.training} {wildcards.repeat}: training a segmentation network"
    script:
        "../scripts/mri/train_segmenter.py"


rule mri_test_segmenters:
    input:
        prepared=f"{MRI}/prepared",
        splits="results/{cohort}/splits.tsv",
        synthetic=f"{MRI_MODEL}/synthetic",
        segmenters=segmenter_files,
    output:
        scores=f"{MRI_MODEL}/segmentation.tsv",
        summary=f"{MRI_MODEL}/dice.tsv",
        consistency=f"{MRI_MODEL}/consistency.tsv",
    log:
        "logs/{cohort}/mri_test_segmenters/{model}.{split}.log",
    benchmark:
        "logs/{cohort}/mri_test_segmenters/{model}.{split}.benchmark.tsv"
    conda:
        "../envs/syncohort.yaml"
    threads: 1
    resources:
        mem_mb=memory(8000),
        runtime=minutes(240),
        gpu=1,
    params:
        segmenters=segmenters,
        seed=seed_of("segment"),
    message:
        "{wildcards.cohort} {wildcards.split} {wildcards.model}: testing the segmentation networks"
    script:
        "../scripts/mri/test_segmenters.py"


rule mri_evaluate_generator:
    input:
        prepared=f"{MRI}/prepared",
        splits="results/{cohort}/splits.tsv",
        synthetic=f"{MRI_MODEL}/synthetic",
        counterparts=f"{MRI_MODEL}/counterparts",
        segmenter=f"{SEGMENTER}/model.safetensors".replace("{training}", REAL).replace("{repeat}", "0"),
        scores=f"{MRI_MODEL}/segmentation.tsv",
        consistency=f"{MRI_MODEL}/consistency.tsv",
    output:
        metrics=f"{MRI_MODEL}/metrics.tsv",
        pairs=f"{MRI_MODEL}/pairs.tsv",
    log:
        "logs/{cohort}/mri_evaluate_generator/{model}.{split}.log",
    benchmark:
        "logs/{cohort}/mri_evaluate_generator/{model}.{split}.benchmark.tsv"
    conda:
        "../envs/syncohort.yaml"
    threads: 1
    resources:
        mem_mb=memory(16000),
        runtime=minutes(240),
        gpu=1,
    params:
        seed=seed_of("evaluate"),
    message:
        "{wildcards.cohort} {wildcards.split} {wildcards.model}: judging the synthetic images"
    script:
        "../scripts/mri/evaluate_generator.py"


rule mri_export_synthetic:
    input:
        unpack(exported_volumes),
    output:
        directory(f"{MRI}/synthetic"),
    log:
        "logs/{cohort}/mri_export_synthetic.log",
    benchmark:
        "logs/{cohort}/mri_export_synthetic.benchmark.tsv"
    conda:
        "../envs/syncohort.yaml"
    resources:
        mem_mb=memory(2000),
        runtime=minutes(120),
    message:
        "{wildcards.cohort}: writing the synthetic subjects to take away"
    script:
        "../scripts/mri/export_synthetic.py"
