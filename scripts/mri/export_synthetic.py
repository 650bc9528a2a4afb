"""Write the synthetic subjects that users take away: NIfTI, the description for nnU-Net, and where they come from."""

from pathlib import Path

from syncohort.core.io import read_json
from syncohort.core.joblog import job_log
from syncohort.mri.export import export_subjects
from syncohort.mri.prepared_cohort import read_folder

with job_log(snakemake.log[0]):
    subjects = read_folder(Path(snakemake.input.folder))
    export_subjects(subjects, read_json(snakemake.input.record), Path(snakemake.output[0]))
