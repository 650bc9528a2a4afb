"""Write the index page over all cohorts."""

from pathlib import Path

from syncohort.core.joblog import job_log
from syncohort.report.index import write_index

with job_log(snakemake.log[0]):
    write_index([Path(summary) for summary in snakemake.input], Path(snakemake.output[0]))
