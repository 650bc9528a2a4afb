"""The nodule wing: read or simulate CT → cut slices → train → sample → judge.

Input: downloaded DICOM series, a folder of volumes or patches, or nothing for simulated ones; results/{cohort}/cohort.h5ad
for the expression that nodules are made from; results/{cohort}/splits.tsv.
Output: results/{cohort}/nodule/subjects.tsv, the manifest of the cohort, and clinical.tsv; slices.safetensors with .tsv; its
models, results/{cohort}/nodule/{split}/{model}/.
"""


include: "nodule_settings.smk"
include: "nodule_slices.smk"
include: "nodule_models.smk"
include: "nodule_evaluation.smk"
