"""Make tiles of a cohort's patients and tissues, and of new profiles where a table of such is given."""

from pathlib import Path

import anndata

from syncohort.core.io import read_json, sha256, write_json
from syncohort.core.joblog import job_log
from syncohort.core.provenance import provenance
from syncohort.histology.generation import generate_tiles, request_of_noise, requests_of_cohort, requests_of_profiles
from syncohort.histology.tile_generator import TrainedTileGenerator
from syncohort.histology.trained_autoencoder import TrainedAutoencoder
from syncohort.training.device import choose_device

with job_log(snakemake.log[0]):
    inputs, params, output = dict(snakemake.input.items()), snakemake.params, snakemake.output
    generator = TrainedTileGenerator.load(inputs["weights"], inputs["description"])
    if "latents" in inputs:
        requests = list(requests_of_cohort(anndata.read_h5ad(inputs["latents"]), params.settings, params.seed))
    else:
        requests = [request_of_noise(params.settings)]
    if "profiles" in inputs:
        autoencoder = TrainedAutoencoder.load(inputs["autoencoder"], inputs["autoencoder_description"])
        requests += requests_of_profiles(Path(inputs["profiles"]), autoencoder, params.settings)
    generate_tiles(generator, requests, Path(output.folder), params.seed, choose_device(snakemake.threads))
    record = provenance(
        seed=params.seed,
        settings={"generate": params.settings, "model": read_json(inputs["description"])["settings"]},
        inputs={name: sha256(path) for name, path in inputs.items()},
    )
    write_json(record, output.record)
