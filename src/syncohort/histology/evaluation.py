"""Are synthetic tiles like real ones? Judged on slides of held-out patients, with a ceiling and a floor."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from PIL import Image
from scipy.spatial.distance import cdist

from syncohort.histology.cells import CellMeter, measurement_scale
from syncohort.histology.tile_sides import Side
from syncohort.realism.classifiers import classify
from syncohort.realism.frechet import frechet_distance
from syncohort.realism.kernels import maximum_mean_discrepancy, median_distance

# Tiles that distances are taken of, at most.
MOST_TILES = 2000
# Pixels that tiles are reduced to where copies are looked for.
THUMBNAIL = 8
CLASSIFIER = "forest"
COLUMNS = ["metric", "space", "value", "ceiling", "floor", "ci_low", "ci_high", "n", "note"]
EXTRACTOR = "tissue, nuclei and stains measured by colour deconvolution, scaled by held-out real tiles"


def judge_tiles(real: dict[str, Side], synthetic: dict[str, Side], meter: CellMeter, seed: int) -> pd.DataFrame:
    """Score synthetic tiles.

    Parameters
    ----------
    real, synthetic
        Role → tiles of its slides: `test`, the held-out patients, and `train`. Synthetic tiles are told the expression
        of those same slides.
    meter
        Measures tiles.
    seed
        Seed of what is drawn, so that all sets have equally many tiles.

    Returns
    -------
    DataFrame
        `COLUMNS`. Of distances the ceiling is that of real training tiles, and the floor that of real tiles with their
        pixels shuffled; `value`, `ceiling` and `floor` are of equally many tiles. Of classifiers the ceiling is one
        trained on real tiles, and the floor is chance.
    """
    rng = np.random.default_rng(seed)
    number = min(MOST_TILES, *(len(side.images) for side in (real["test"], real["train"], synthetic["test"])))

    def draw(side: Side) -> np.ndarray:
        return rng.permutation(len(side.images))[:number]

    chosen = draw(real["test"])
    sets = {
        "real": real["test"].measured.iloc[chosen],
        "value": synthetic["test"].measured.iloc[draw(synthetic["test"])],
        "ceiling": real["train"].measured.iloc[draw(real["train"])],
        "floor": meter.measure(_without_order(tile, rng) for tile in real["test"].images[chosen]),
    }
    rows = [
        *_distances(sets),
        *_tissue_classifiers(real, synthetic),
        _nearest_training_tile(real, synthetic, rng, number),
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def compare_cells(real: Side, synthetic: Side) -> pd.DataFrame:
    """Compare what is measured in real and synthetic tiles, tissue by tissue.

    Returns
    -------
    DataFrame
        Per `tissue` and `measure`: mean and standard deviation over tiles, real and synthetic, and the `difference` of
        the means in standard deviations of the real tiles.
    """
    rows = []
    for tissue in np.unique(real.tissues):
        one, other = (side.measured[side.tissues == tissue] for side in (real, synthetic))
        for measure in one.columns:
            mean, deviation = one[measure].mean(), one[measure].std(ddof=0)
            shift = (other[measure].mean() - mean) / deviation if deviation > 0 else np.nan
            rows.append(
                {
                    "tissue": tissue,
                    "measure": measure,
                    "real_mean": mean,
                    "real_deviation": deviation,
                    "synthetic_mean": other[measure].mean(),
                    "synthetic_deviation": other[measure].std(ddof=0),
                    "difference": shift,
                }
            )
    return pd.DataFrame(rows)


def _distances(sets: dict[str, pd.DataFrame]) -> Iterator[dict]:
    """Kernel and Fréchet distances of measurements from those of held-out real tiles."""
    mean, deviation = measurement_scale(sets["real"])
    scaled = {name: ((measured - mean) / deviation).to_numpy() for name, measured in sets.items()}
    real = scaled.pop("real")
    within = cdist(real, real)

    def kernel_distance(other: np.ndarray) -> float:
        between = cdist(real, other)
        return maximum_mean_discrepancy(within, cdist(other, other), between, median_distance(within))

    for name, distance in (
        ("kernel distance", kernel_distance),
        ("Fréchet distance", lambda other: frechet_distance(real, other)),
    ):
        scores = {column: distance(values) for column, values in scaled.items()}
        yield {"metric": name, "space": "cells", **scores, "n": len(real), "note": EXTRACTOR}


def _tissue_classifiers(real: dict[str, Side], synthetic: dict[str, Side]) -> Iterator[dict]:
    """Train on synthetic tiles to tell tissues of real ones, and the reverse."""
    tissues = np.unique(real["test"].tissues)
    if len(tissues) < 2:
        return
    sides = {"real": real["train"], "synthetic": synthetic["train"]}
    for name, learnt, judged in (
        ("tissue, trained on synthetic and tested on real", "synthetic", real["test"]),
        ("tissue, trained on real and tested on synthetic", "real", synthetic["test"]),
    ):
        accuracy, ceiling = (
            classify(CLASSIFIER, side.measured.to_numpy(), side.tissues, test.measured.to_numpy(), test.tissues)[0]
            for side, test in ((sides[learnt], judged), (sides["real"], real["test"]))
        )
        yield {
            "metric": name,
            "space": "cells",
            "value": accuracy,
            "ceiling": ceiling,
            "floor": 1 / len(tissues),
            "n": len(judged.images),
            "note": f"balanced accuracy of a {CLASSIFIER} on {EXTRACTOR}",
        }


def _nearest_training_tile(
    real: dict[str, Side], synthetic: dict[str, Side], rng: np.random.Generator, number: int
) -> dict:
    """Distance to the nearest training tile: small as a copy's where the generator remembers, else as a stranger's."""
    training = _thumbnails(real["train"].images)
    copies = training[rng.permutation(len(training))[:number]]
    copies = copies + rng.normal(0, 1, copies.shape)
    scores = {
        column: float(np.median(cdist(values, training).min(axis=1)))
        for column, values in (
            ("value", _thumbnails(synthetic["test"].images)[:number]),
            ("ceiling", _thumbnails(real["test"].images)[:number]),
            ("floor", copies),
        )
    }
    note = f"median distance of tiles of {THUMBNAIL}×{THUMBNAIL} pixels; the floor is that of slightly changed copies"
    return {"metric": "nearest training tile", "space": "thumbnails", **scores, "n": number, "note": note}


def _thumbnails(tiles: np.ndarray) -> np.ndarray:
    size = (THUMBNAIL, THUMBNAIL)
    return np.stack(
        [np.asarray(Image.fromarray(tile).resize(size, Image.Resampling.BOX)).ravel() for tile in tiles]
    ).astype(float)


def _without_order(tile: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Shuffle the pixels of a tile: its colours stay, its cells go."""
    return rng.permutation(tile.reshape(-1, 3)).reshape(tile.shape)
