"""Judge a fold's generator of tiles on the held-out patients: likeness, cells, and whether expression steers it."""

import anndata

from syncohort.core.io import read_tsv, write_tsv
from syncohort.core.joblog import job_log
from syncohort.core.splits import TEST, TRAIN
from syncohort.histology.evaluation import compare_cells, judge_tiles
from syncohort.histology.steering import prove_steering
from syncohort.histology.store import TileStore
from syncohort.histology.tile_generator import TrainedTileGenerator
from syncohort.histology.tile_set import match_tiles
from syncohort.histology.tile_sides import OWN, ZEROED, real_side, synthetic_side
from syncohort.histology.tiling import kept_tiles
from syncohort.training.device import choose_device

with job_log(snakemake.log[0]):
    inputs, output, seed = dict(snakemake.input.items()), snakemake.output, snakemake.params.seed
    generator = TrainedTileGenerator.load(inputs["weights"], inputs["description"])
    latents = anndata.read_h5ad(inputs["latents"]) if "latents" in inputs else None
    tiles, splits = (read_tsv(inputs[name]) for name in ("table", "splits"))
    table = match_tiles(kept_tiles(tiles), splits, snakemake.wildcards.split, latents)
    device = choose_device(snakemake.threads)
    with TileStore(inputs["tiles"]) as store:
        real = {role: real_side(table, role, store, generator.meter) for role in (TRAIN, TEST)}
    made = {role: synthetic_side(table, role, generator, seed, device) for role in (TRAIN, TEST)}
    told = {OWN: made[TEST], ZEROED: synthetic_side(table, TEST, generator, seed, device, ZEROED)}
    planted = read_tsv(inputs["planted"]) if "planted" in inputs else None
    write_tsv(judge_tiles(real, made, generator.meter, seed), output.metrics)
    write_tsv(compare_cells(real[TEST], made[TEST]), output.cells)
    write_tsv(prove_steering(told, real[TEST], planted, seed), output.steering)
