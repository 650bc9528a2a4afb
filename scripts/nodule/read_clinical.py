"""Read the clinical table of a CT cohort's patients."""

from syncohort.core.io import write_tsv
from syncohort.core.joblog import job_log
from syncohort.sources.download.cache import read_record
from syncohort.sources.services.tcia_tables import read_clinical

with job_log(snakemake.log[0]):
    write_tsv(read_clinical(read_record(snakemake.input[0]), "nodule.source.tcia"), snakemake.output[0])
