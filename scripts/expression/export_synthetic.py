"""Write the synthetic cohort that users take away, as h5ad and as one table with its provenance."""

from syncohort.core.cohort import provenance_of, read_cohort, write_cohort
from syncohort.core.io import write_json, write_tsv
from syncohort.core.joblog import job_log
from syncohort.expression.sampling import synthetic_table

with job_log(snakemake.log[0]):
    cohort = read_cohort(snakemake.input[0])
    write_tsv(synthetic_table(cohort), snakemake.output.table)
    write_json(provenance_of(cohort), snakemake.output.provenance)
    write_cohort(cohort, snakemake.output.cohort)
