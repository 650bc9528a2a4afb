"""Judge a fold's generator of tiles on the held-out patients: likeness, cells, and whether expression steers it."""

import anndata

from syncohort.core.io import read_tsv, write_tsv
from syncohort.core.joblog import job_log
from syncohort.core.splits import TEST, TRAIN
from syncohort.histology.evaluation import compare_cells, distances_by_tissue, judge_tiles
from syncohort.histology.extractor import load_extractor
from syncohort.histology.metrics import CELLS, NETWORK
from syncohort.histology.steering import OWN, SWAPPED, ZEROED, prove_steering
from syncohort.histology.store import TileStore
from syncohort.histology.tile_generator import TrainedTileGenerator
from syncohort.histology.tile_set import match_tiles
from syncohort.histology.tile_sides import Examiner, donors, real_side, synthetic_side
from syncohort.histology.tiling import kept_tiles
from syncohort.training.device import choose_device

MEASURED = "seven measurements by colour deconvolution: tissue, nuclei, stains; tiles at their own size"

with job_log(snakemake.log[0]):
    inputs, output, params = dict(snakemake.input.items()), snakemake.output, snakemake.params
    generator = TrainedTileGenerator.load(inputs["weights"], inputs["description"])
    latents = anndata.read_h5ad(inputs["latents"]) if "latents" in inputs else None
    tiles, splits = (read_tsv(inputs[name]) for name in ("table", "splits"))
    table = match_tiles(kept_tiles(tiles), splits, snakemake.wildcards.split, latents)
    device, seed, number = choose_device(snakemake.threads), params.seed, params.tiles_per_slide
    extractor = load_extractor(inputs["extractor"], params.extractor)
    counter, examiner = Examiner(generator.meter), Examiner(generator.meter, {NETWORK: extractor.extract})
    with TileStore(inputs["tiles"]) as store:
        real = {role: real_side(table, role, store, examiner, number) for role in (TRAIN, TEST)}
    made = {role: synthetic_side(table, role, generator, examiner, number, seed, device) for role in (TRAIN, TEST)}
    told = {
        profile: synthetic_side(table, TEST, generator, counter, number, seed, device, profile)
        for profile in (SWAPPED, ZEROED)
    }
    planted = read_tsv(inputs["planted"]) if "planted" in inputs else None
    swapped = donors(table, TEST, seed)
    notes = {CELLS: MEASURED, NETWORK: extractor.note}
    write_tsv(judge_tiles(real, made, examiner, notes, seed), output.metrics)
    write_tsv(distances_by_tissue(real, made[TEST], seed), output.distances)
    write_tsv(compare_cells(real[TEST], made[TEST]), output.cells)
    write_tsv(prove_steering({OWN: made[TEST], **told}, real[TEST], swapped, planted, seed), output.steering)
