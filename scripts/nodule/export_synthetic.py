"""Write the synthetic slices that users take away: PNG, NIfTI, and a manifest of what was made from what."""

from pathlib import Path

from syncohort.core.io import read_json
from syncohort.core.joblog import job_log
from syncohort.nodule.export import export_slices
from syncohort.nodule.slices import Slices

with job_log(snakemake.log[0]):
    inputs = snakemake.input
    export_slices(Slices.read(inputs.content), read_json(inputs.description)["provenance"], Path(snakemake.output[0]))
