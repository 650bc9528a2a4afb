"""Cut slices of one size out of every subject's CT, each by itself."""

from syncohort.core.io import read_tsv, sha256
from syncohort.core.joblog import job_log
from syncohort.core.provenance import provenance
from syncohort.nodule.preparation import prepare_slices

with job_log(snakemake.log[0]):
    manifest, params, output = snakemake.input.manifest, snakemake.params, snakemake.output
    slices = prepare_slices(read_tsv(manifest), params.settings, seed=params.seed)
    record = provenance(seed=params.seed, settings=params.settings, inputs={"manifest": sha256(manifest)})
    slices.write(output.content, output.table, {"provenance": record})
