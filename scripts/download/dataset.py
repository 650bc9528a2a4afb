"""Fetch what is missing of a public dataset into the cache, and write its record."""

from pathlib import Path

from syncohort.core.joblog import job_log
from syncohort.sources.datasets.listing import TOLD_BY_FILES, list_files
from syncohort.sources.download.cache import fetch_dataset, locks_of
from syncohort.sources.download.client import Client
from syncohort.sources.download.ledger import find_entry

with job_log(snakemake.log[0]):
    entry = find_entry(snakemake.wildcards.source, snakemake.wildcards.dataset)
    folder = Path(snakemake.output[0]).parent
    client = Client(entry.source, locks_of(folder), mirror=snakemake.resources.mirror)
    fetch_dataset(
        folder, entry, client, lambda: list_files(entry, client), tell_version=TOLD_BY_FILES.get(entry.source.name)
    )
