"""Try the network by whose features tiles are to be compared, before anything is trained that it is to judge."""

from pathlib import Path

from syncohort.core.io import sha256, write_json
from syncohort.core.joblog import job_log
from syncohort.histology.extractor import GivenExtractor

with job_log(snakemake.log[0]):
    params, weights = snakemake.params, Path(snakemake.input[0])
    dimensions = GivenExtractor(weights, params.size).inspect(params.seed)
    write_json({"dimensions": dimensions, "size": params.size, "sha256": sha256(weights)}, snakemake.output[0])
