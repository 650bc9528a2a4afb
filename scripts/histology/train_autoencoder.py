"""Train the autoencoder of expression of a split, going on from its checkpoint if there is one."""

from syncohort.core.cohort import read_cohort
from syncohort.core.io import read_tsv, sha256, write_tsv
from syncohort.core.joblog import job_log
from syncohort.core.provenance import provenance
from syncohort.core.splits import roles_of
from syncohort.histology.trained_autoencoder import train_autoencoder
from syncohort.training.job import Job

with job_log(snakemake.log[0]):
    inputs, params, output = snakemake.input, snakemake.params, snakemake.output
    cohort = read_cohort(inputs.cohort)
    sources = {name: sha256(path) for name, path in inputs.items()}
    autoencoder, trained = train_autoencoder(
        cohort,
        roles_of(cohort, read_tsv(inputs.splits), snakemake.wildcards.split),
        params.model,
        "".join(sources.values()),
        Job.of(snakemake),
    )
    write_tsv(trained.history, output.history)
    record = provenance(seed=params.seed, settings=params.model, inputs=sources)
    autoencoder.save(output.weights, output.description, trained.course() | {"provenance": record})
    trained.checkpoint.remove()
