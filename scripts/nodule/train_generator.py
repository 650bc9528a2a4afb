"""Train the generator of nodules of a split, going on from its checkpoint if there is one."""

from syncohort.core.cohort import read_cohort, tumour_expression
from syncohort.core.io import read_tsv, sha256, write_tsv
from syncohort.core.joblog import job_log
from syncohort.core.provenance import provenance
from syncohort.nodule.slices import Slices
from syncohort.nodule.training import train_generator
from syncohort.training.job import Job

with job_log(snakemake.log[0]):
    inputs, params, output = dict(snakemake.input.items()), snakemake.params, snakemake.output
    sources = {name: sha256(path) for name, path in inputs.items()}
    generator, trained = train_generator(
        Slices.read(inputs["content"]).by_role(read_tsv(inputs["splits"]), snakemake.wildcards.split),
        tumour_expression(read_cohort(inputs["cohort"])) if "cohort" in inputs else None,
        params.model,
        "".join(sources.values()),
        Job.of(snakemake),
    )
    write_tsv(trained.history, output.history)
    record = provenance(seed=params.seed, settings=params.model, inputs=sources)
    generator.save(
        output.weights, output.description, trained.course() | {"settings": params.model, "provenance": record}
    )
    trained.checkpoint.remove()
