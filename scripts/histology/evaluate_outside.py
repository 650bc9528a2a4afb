"""Tell a generator of tiles the expression of another cohort's patients, and hold its tiles against their real ones."""

from syncohort.core.cohort import read_cohort
from syncohort.core.io import read_tsv, write_tsv
from syncohort.core.joblog import job_log
from syncohort.histology.outside import encode_outside, outside_table, prove_outside
from syncohort.histology.store import TileStore
from syncohort.histology.tile_generator import TrainedTileGenerator
from syncohort.histology.tiling import kept_tiles, pixel_size
from syncohort.histology.trained_autoencoder import TrainedAutoencoder
from syncohort.training.device import choose_device

with job_log(snakemake.log[0]):
    inputs, params = dict(snakemake.input.items()), snakemake.params
    autoencoder = TrainedAutoencoder.load(inputs["autoencoder"], inputs["autoencoder_description"])
    generator = TrainedTileGenerator.load(inputs["weights"], inputs["description"])
    latents = encode_outside(autoencoder, read_cohort(inputs["cohort"]), params.tissue)
    tiles = kept_tiles(read_tsv(inputs["table"]))
    with TileStore(inputs["tiles"]) as store:
        proved = prove_outside(
            outside_table(tiles, latents),
            store,
            generator,
            pixel_size(tiles),
            read_tsv(inputs["planted"]) if "planted" in inputs else None,
            params.tiles_per_slide,
            params.seed,
            choose_device(snakemake.threads),
        )
    write_tsv(proved, snakemake.output[0])
