"""Find the subjects of a CT cohort, open each once and write down what it holds."""

from pathlib import Path

from syncohort.core.io import write_json, write_tsv
from syncohort.core.joblog import job_log
from syncohort.sources.volumes.cohort import read_volume_cohort
from syncohort.sources.volumes.protocol import CHEST_CT

with job_log(snakemake.log[0]):
    params = snakemake.params
    records = [Path(path) for path in snakemake.input.get("records", [])]
    manifest, record = read_volume_cohort(params.settings, seed=params.seed, records=records, protocol=CHEST_CT)
    write_json(record, snakemake.output.record)
    write_tsv(manifest, snakemake.output.manifest)
