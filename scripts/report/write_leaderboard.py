"""Write the leaderboard of all models on all cohorts."""

from pathlib import Path

from syncohort.core.joblog import job_log
from syncohort.report.leaderboard import write_leaderboard

with job_log(snakemake.log[0]):
    output = snakemake.output
    write_leaderboard([Path(summary) for summary in snakemake.input], Path(output.page), Path(output.table))
