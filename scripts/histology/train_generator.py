"""Train a generator of tiles of a split, going on from its checkpoint if there is one."""

import anndata

from syncohort.core.io import read_tsv, sha256, write_tsv
from syncohort.core.joblog import job_log
from syncohort.core.provenance import provenance
from syncohort.histology.store import TileStore
from syncohort.histology.tile_generator import train_tile_generator
from syncohort.histology.tile_set import match_tiles
from syncohort.histology.tiling import kept_tiles, pixel_size
from syncohort.training.job import Job

with job_log(snakemake.log[0]):
    inputs, params, output = dict(snakemake.input.items()), snakemake.params, snakemake.output
    latents = anndata.read_h5ad(inputs["latents"]) if "latents" in inputs else None
    tiles, splits = (read_tsv(inputs[name]) for name in ("table", "splits"))
    sources = {name: sha256(path) for name, path in inputs.items()}
    with TileStore(inputs["tiles"]) as store:
        generator, trained = train_tile_generator(
            match_tiles(kept_tiles(tiles), splits, snakemake.wildcards.split, latents),
            store,
            pixel_size(tiles),
            params.model,
            "".join(sources.values()),
            Job.of(snakemake),
        )
    write_tsv(trained.history, output.history)
    record = provenance(seed=params.seed, settings=params.model, inputs=sources)
    generator.save(output.weights, output.description, trained.course() | {"provenance": record})
    trained.checkpoint.remove()
