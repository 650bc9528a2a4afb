"""Write the report of a cohort: the page, its machine-readable summary and its figures."""

from pathlib import Path

from syncohort.core.joblog import job_log
from syncohort.report.contents import load_cohort_report
from syncohort.report.page import write_cohort_report

with job_log(snakemake.log[0]):
    output, params = snakemake.output, snakemake.params
    report = load_cohort_report(
        Path(snakemake.input.splits).parent,
        settings=params.settings,
        changed=frozenset(params.changed),
        command=params.command,
    )
    write_cohort_report(report, Path(output.page), Path(output.figures))
