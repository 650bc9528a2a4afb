"""The histology wing: read or simulate slides → cut tiles; train the autoencoder of expression → embed;
train generators of tiles → generate → evaluate.

Input: a folder of slides or of ready tiles, or nothing for simulated slides; results/{cohort}/cohort.h5ad.
Output: results/{cohort}/histology/images.tsv, the manifest of the cohort; tiles.zip and tiles.tsv, its tiles; and of every model
and split results/{cohort}/histology/{split}/{model}/, with its synthetic tiles.
"""


include: "histology_settings.smk"
include: "histology_tiles.smk"
include: "histology_models.smk"
include: "histology_evaluation.smk"
