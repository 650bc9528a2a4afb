"""Whether tiles follow expression on simulated slides with planted truth: steering, likeness and steps it takes.

Cohort and models are those of `config/cohorts/simulated-slides.yaml`, simulated, dealt and trained anew for every seed,
with the first of its four folds held out. About a quarter of an hour of a processor with bf16 units for each seed.
"""

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

import pandas as pd
import torch

from syncohort.core.config import load_cohort
from syncohort.core.seeding import derive_seed
from syncohort.core.splits import TEST, TRAIN, roles_of, split_patients
from syncohort.histology.convergence import steps_to_equal_quality
from syncohort.histology.evaluation import judge_tiles
from syncohort.histology.metrics import CELLS
from syncohort.histology.steering import OWN, PROGRAMME, SWAPPED, ZEROED, prove_steering
from syncohort.histology.store import TileStore
from syncohort.histology.tile_generator import TrainedTileGenerator, train_tile_generator
from syncohort.histology.tile_set import TileTable, match_tiles
from syncohort.histology.tile_sides import Examiner, donors, real_side, synthetic_side
from syncohort.histology.tiling import cut_tiles, kept_tiles
from syncohort.histology.trained_autoencoder import embed_cohort, train_autoencoder
from syncohort.sources.cohorts.simulated import PATHWAY, simulate_cohort
from syncohort.sources.slides.cohort import read_image_cohort
from syncohort.sources.slides.simulated import simulate_slides
from syncohort.training.job import Job

COHORTS = Path(__file__).parents[1] / "config/cohorts"
TOLD, NOISE, FOLD = "rna-gan", "gan", "fold0"
METRICS = ("mmd", "tissue_trained_on_synthetic", "tissue_trained_on_real", "nearest_training")


def material(settings: dict[str, Any], folder: Path, seed: int) -> tuple[TileTable, pd.DataFrame]:
    """Simulate slides of a seed and cut them to `tiles.zip`; give tiles with their codes, and what was planted."""
    of = lambda stage: derive_seed(seed, stage)  # noqa: E731
    histology = settings["histology"]
    simulated = simulate_cohort(settings["source"]["simulated"], seed=of("expression"))
    cohort = simulated.cohort
    modules = {name: genes for name, genes in simulated.gene_sets.items() if name != PATHWAY}
    planted = simulate_slides(cohort, modules, histology["source"]["simulated"], folder / "slides", seed=of("slides"))
    found = {"folder": folder / "slides", "pattern": "{tissue}/{patient}.tiff", "tissue": "", "microns_per_pixel": None}
    manifest, _ = read_image_cohort({"source": {"slides": found}, "exclude": []}, seed=of("images"))
    tiles = cut_tiles(manifest, histology["tile"], False, of("tiles"), folder / "tiles.zip")
    dealt = {key: settings["splits"][key] for key in ("folds", "validation_fraction")}
    splits = split_patients(cohort.obs["patient_id"], cohort.obs["condition"], seed=of("splits"), **dealt)
    roles = roles_of(cohort, splits, FOLD)
    job = Job(of("autoencoder"), folder / "autoencoder", checkpoint_seconds=1e9)
    autoencoder, _ = train_autoencoder(cohort, roles, histology["autoencoder"], "", job)
    latents = embed_cohort(autoencoder, cohort, roles, histology["tissue"])
    return match_tiles(kept_tiles(tiles), splits, FOLD, latents), planted.slides


def judge(
    generator: TrainedTileGenerator, table: TileTable, planted: pd.DataFrame, store: TileStore, number: int, seed: int
) -> dict[tuple[str, str], float]:
    """Judge a generator on the held-out slides, `number` tiles of each: what was asked, and of what → a value."""
    examiner, cpu = Examiner(generator.meter), torch.device("cpu")
    real = {role: real_side(table, role, store, examiner, number) for role in (TRAIN, TEST)}
    made = {role: synthetic_side(table, role, generator, examiner, number, seed, cpu) for role in (TRAIN, TEST)}
    told = {
        profile: synthetic_side(table, TEST, generator, examiner, number, seed, cpu, profile)
        for profile in (SWAPPED, ZEROED)
    }
    steering = prove_steering({OWN: made[TEST], **told}, real[TEST], donors(table, TEST, seed), planted, seed)
    steering = steering[steering["against"] == PROGRAMME]
    found = {(row.measure, row.profile): row.correlation for row in steering.itertuples()}
    judged = judge_tiles(real, made, examiner, {CELLS: ""}, seed).set_index("metric")
    return found | {(metric, of): judged.loc[metric, of] for metric in METRICS for of in ("value", "ceiling")}


def run(settings: dict[str, Any], folder: Path, seed: int) -> pd.DataFrame:
    """Train and judge both models of a seed; a row for each thing that was asked of them."""
    histology = settings["histology"]
    table, planted = material(settings, folder, seed)
    microns, number = histology["tile"]["microns_per_pixel"], histology["evaluate"]["tiles_per_slide"]
    rows, histories = {}, {}
    with TileStore(folder / "tiles.zip") as store:
        for name in (TOLD, NOISE):
            model, job = histology["models"][name], Job(derive_seed(seed, name), folder / name, checkpoint_seconds=1e9)
            generator, trained = train_tile_generator(table, store, microns, model, "", job)
            histories[name] = trained.history
            found = judge(generator, table, planted, store, number, seed)
            rows |= {(name, *asked): value for asked, value in found.items()}
    equal = steps_to_equal_quality(histories[NOISE], histories[TOLD])
    reached = {
        "least distance of noise alone": equal.best,
        "at step": equal.of_noise,
        "share of its steps": equal.share,
    }
    rows |= {("both", asked, "value"): value for asked, value in reached.items()}
    return pd.Series(rows).rename_axis(["model", "what", "of"]).to_frame(f"seed {seed}")


def main() -> None:
    """Print what was asked of every seed, side by side."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    seeds = parser.parse_args().seeds
    settings, found = load_cohort("simulated-slides", [COHORTS], {}).values, []
    for seed in seeds:
        with tempfile.TemporaryDirectory() as folder:
            found.append(run(settings, Path(folder), seed))
        print(f"\n{found[-1].to_string(float_format='%.3f')}", flush=True)
    if len(found) > 1:
        print(f"\n{pd.concat(found, axis=1).to_string(float_format='%.2f')}")


if __name__ == "__main__":
    main()
