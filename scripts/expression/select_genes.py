"""Select the genes of a split that its models are trained on."""

from syncohort.core.cohort import read_cohort
from syncohort.core.io import read_tsv, write_tsv
from syncohort.core.joblog import job_log
from syncohort.core.splits import training_samples
from syncohort.expression import selection
from syncohort.expression.filtering import drop_removed

with job_log(snakemake.log[0]):
    inputs, settings, name = snakemake.input, snakemake.params.settings, snakemake.wildcards.selection
    training = training_samples(read_cohort(inputs.cohort), read_tsv(inputs.splits), snakemake.wildcards.split)
    removed = read_tsv(inputs.removed)
    expressed = drop_removed(training, removed)
    match name:
        case "deg":
            requested = selection.differential_genes(read_tsv(inputs.test), read_tsv(inputs.fold_change), **settings)
        case "pathway":
            requested = selection.pathway_genes(**settings, record=inputs.get("kegg"))
        case "list":
            requested = selection.listed_genes(**settings)
        case "all":
            requested = selection.most_variable_genes(expressed, **settings)
    write_tsv(selection.select(name, requested, expressed, removed), snakemake.output[0])
