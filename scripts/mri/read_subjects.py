"""Find the subjects of a volume cohort, open each once and write down what it holds."""

from pathlib import Path

from syncohort.core.io import write_json, write_tsv
from syncohort.core.joblog import job_log
from syncohort.sources.volumes.cohort import read_volume_cohort

with job_log(snakemake.log[0]):
    params = snakemake.params
    records = [Path(path) for path in snakemake.input[1:]]
    manifest, record = read_volume_cohort(params.settings, seed=params.seed, records=records)
    write_json(record, snakemake.output.record)
    write_tsv(manifest, snakemake.output.manifest)
