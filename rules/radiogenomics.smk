"""The radiogenomics wing: image features → pairs → pretrain and train, or fit → evaluate → explain and associate.

Input: results/{cohort}/cohort.h5ad, and tumour labels or a table of image features.
Output: results/{cohort}/radiogenomics/, tables that the report is made of, and the networks of every fold.
"""


include: "radiogenomics_settings.smk"
include: "radiogenomics_patients.smk"
include: "radiogenomics_models.smk"
include: "radiogenomics_evaluation.smk"
