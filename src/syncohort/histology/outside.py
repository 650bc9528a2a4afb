"""A generator told the expression of patients of another cohort: does steering hold beyond the one it was learnt in?"""

import anndata
import pandas as pd
import torch

from syncohort.core.splits import TEST
from syncohort.histology.cells import CellMeter
from syncohort.histology.steering import OWN, SWAPPED, ZEROED, prove_steering
from syncohort.histology.store import TileStore
from syncohort.histology.tile_generator import TrainedTileGenerator
from syncohort.histology.tile_set import TileTable, match_tiles
from syncohort.histology.tile_sides import Examiner, donors, real_side, synthetic_side
from syncohort.histology.trained_autoencoder import TrainedAutoencoder, embed_cohort

# Name of the split in which all patients of the other cohort are held out.
OUTSIDE = "outside"


def encode_outside(autoencoder: TrainedAutoencoder, cohort: anndata.AnnData, tissue: str) -> anndata.AnnData:
    """Encode the samples of another cohort, all of them held out.

    Parameters
    ----------
    autoencoder
        The network of the split.
    cohort
        The other cohort, samples × genes, as `inspect_outside` lets it pass.
    tissue
        Column of its samples that tells their tissue.

    Raises
    ------
    InputError
        When it lacks more than half of the genes.
    """
    return embed_cohort(autoencoder, cohort, pd.Series(TEST, cohort.obs_names), tissue)


def outside_table(tiles: pd.DataFrame, latents: anndata.AnnData) -> TileTable:
    """Match the kept tiles of another cohort with its samples, all of them held out."""
    patients = pd.Series(tiles["patient_id"].unique(), name="patient_id")
    return match_tiles(tiles, patients.to_frame().assign(**{OUTSIDE: TEST}), OUTSIDE, latents)


def prove_outside(
    table: TileTable,
    store: TileStore,
    generator: TrainedTileGenerator,
    microns_per_pixel: float,
    planted: pd.DataFrame | None,
    tiles_per_slide: int,
    seed: int,
    device: torch.device,
) -> pd.DataFrame:
    """Prove steering on another cohort's slides, as `prove_steering` does.

    Its real tiles are measured by a threshold of nuclei of their own, for another laboratory stains otherwise.

    Parameters
    ----------
    table, store
        The other cohort's tiles, all of the role `test`, and their images.
    generator
        The generator.
    microns_per_pixel
        Size of a pixel of the other cohort's tiles.
    planted
        The other cohort's table of simulated slides; None for measured ones.
    tiles_per_slide
        Tiles of every slide.
    seed
        Seed of noise, donors and permutations.
    device
        Device to compute on.
    """
    sample = table.of(TEST).groupby("slide_id").head(2)["tile_id"]
    own_meter = CellMeter.fit(store.read(sample), microns_per_pixel)
    real = real_side(table, TEST, store, Examiner(own_meter), tiles_per_slide)
    examiner = Examiner(generator.meter)
    told = {
        profile: synthetic_side(table, TEST, generator, examiner, tiles_per_slide, seed, device, profile)
        for profile in (OWN, SWAPPED, ZEROED)
    }
    return prove_steering(told, real, donors(table, TEST, seed), planted, seed)
