"""Are synthetic tiles like real ones? Judged on slides of held-out patients, with a ceiling and a floor."""

from collections.abc import Callable, Iterator, Mapping
from itertools import product

import numpy as np
import pandas as pd
from PIL import Image
from scipy.spatial.distance import cdist

from syncohort.histology.metrics import SYNTHETIC, THUMBNAILS, TRAINING
from syncohort.histology.tile_distance import FeatureDistance
from syncohort.histology.tile_sides import Examiner, Side
from syncohort.realism.classifiers import classify

# Tiles that distances are taken of, at most, and at least.
MOST_TILES, FEWEST_TILES = 2000, 10
# Pixels that tiles are reduced to where copies are looked for.
THUMBNAIL = 8
CLASSIFIER = "forest"
COLUMNS = ["metric", "space", "value", "ceiling", "floor", "ci_low", "ci_high", "n", "note"]
DISTANCE_COLUMNS = ["metric", "space", "tiles", "tissue", "against", "value", "n"]


def judge_tiles(
    real: Mapping[str, Side], synthetic: Mapping[str, Side], examiner: Examiner, notes: Mapping[str, str], seed: int
) -> pd.DataFrame:
    """Score synthetic tiles.

    Parameters
    ----------
    real, synthetic
        Role → tiles of its slides: `test`, the held-out patients, and `train`. Synthetic tiles are told the expression
        of those same slides.
    examiner
        Has examined them.
    notes
        Space → what its features are, for the reader.
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
    chosen = rng.permutation(len(real["test"].images))[:number]
    shuffled = np.stack([_without_order(tile, rng) for tile in real["test"].images[chosen]])
    floor = examiner.examine(real["test"].slides[chosen], real["test"].tissues[chosen], shuffled)
    sets = {"value": synthetic["test"], "ceiling": real["train"], "floor": floor}
    rows = []
    for space, features in real["test"].spaces.items():
        drawn = {name: _draw(side.spaces[space], number, rng) for name, side in sets.items()}
        for metric, distance in _distances(features[chosen]).items():
            values = {name: distance(other) for name, other in drawn.items()}
            rows.append({"metric": metric, "space": space, **values, "n": number, "note": notes[space]})
    rows += [*_tissue_classifiers(real, synthetic, rng), _nearest_training_tile(real, synthetic, rng, number)]
    return pd.DataFrame(rows, columns=COLUMNS)


def distances_by_tissue(real: Mapping[str, Side], synthetic: Side, seed: int) -> pd.DataFrame:
    """Distance of real training tiles and of synthetic tiles of each tissue from held-out real tiles of each.

    Returns
    -------
    DataFrame
        `DISTANCE_COLUMNS`: per metric and space, `tiles` (real training or synthetic) of a `tissue` `against` held-out
        real tiles of a tissue, `n` of either. Tissues with fewer than 10 tiles in any set are left out. A generator
        that knows the tissues is near to its own and far from others.
    """
    rng, held_out = np.random.default_rng(seed), real["test"]
    sets = {TRAINING: real["train"], SYNTHETIC: synthetic}
    counts = pd.DataFrame([pd.Series(side.tissues).value_counts() for side in (held_out, *sets.values())]).fillna(0)
    usable = counts.min()[lambda least: least >= FEWEST_TILES]
    number = int(min(MOST_TILES, usable.min())) if len(usable) else 0
    rows = []
    for space, features in held_out.spaces.items():
        for against in sorted(usable.index):
            distances = _distances(_draw(features[held_out.tissues == against], number, rng))
            for (tiles, side), tissue in product(sets.items(), sorted(usable.index)):
                other = _draw(side.spaces[space][side.tissues == tissue], number, rng)
                shared = {"space": space, "tiles": tiles, "tissue": tissue, "against": against, "n": number}
                rows += [
                    {"metric": metric, "value": distance(other), **shared} for metric, distance in distances.items()
                ]
    return pd.DataFrame(rows, columns=DISTANCE_COLUMNS)


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


def _distances(real: np.ndarray) -> dict[str, Callable[[np.ndarray], float]]:
    """Name the functions that measure features against those of real tiles."""
    distance = FeatureDistance(real)
    return {"mmd": distance.kernel, "frechet": distance.frechet}


def _draw(features: np.ndarray, number: int, rng: np.random.Generator) -> np.ndarray:
    return features[rng.permutation(len(features))[:number]]


def _tissue_classifiers(
    real: Mapping[str, Side], synthetic: Mapping[str, Side], rng: np.random.Generator
) -> Iterator[dict]:
    """Train on synthetic tiles to tell tissues of real ones, and the reverse, on as many tiles either way."""
    tissues = np.unique(real["test"].tissues)
    if len(tissues) < 2:
        return
    sides = {"real": real["train"], "synthetic": synthetic["train"]}
    number = min(len(side.images) for side in sides.values())
    chosen = {name: rng.permutation(len(side.images))[:number] for name, side in sides.items()}

    def accuracy(space: str, learnt: str, judged: Side) -> float:
        side, rows = sides[learnt], chosen[learnt]
        train, labels = side.spaces[space][rows], side.tissues[rows]
        return classify(CLASSIFIER, train, labels, judged.spaces[space], judged.tissues)[0]

    for space in real["test"].spaces:
        ceiling = accuracy(space, "real", real["test"])
        for learnt, judged in (("synthetic", real["test"]), ("real", synthetic["test"])):
            yield {
                "metric": f"tissue_trained_on_{learnt}",
                "space": space,
                "value": accuracy(space, learnt, judged),
                "ceiling": ceiling,
                "floor": 1 / len(tissues),
                "n": len(judged.images),
            }


def _nearest_training_tile(
    real: Mapping[str, Side], synthetic: Mapping[str, Side], rng: np.random.Generator, number: int
) -> dict:
    """Distance to the nearest training tile, over that of held-out real tiles: small where the generator remembers."""
    training = _thumbnails(real["train"].images)
    copies = _draw(training, number, rng)
    sets = {
        "value": _draw(_thumbnails(synthetic["test"].images), number, rng),
        "ceiling": _draw(_thumbnails(real["test"].images), number, rng),
        "floor": copies + rng.normal(0, 1, copies.shape),
    }
    medians = {name: float(np.median(cdist(values, training).min(axis=1))) for name, values in sets.items()}
    ratios = {name: median / medians["ceiling"] for name, median in medians.items()}
    return {"metric": "nearest_training", "space": THUMBNAILS, **ratios, "n": number}


def _thumbnails(tiles: np.ndarray) -> np.ndarray:
    size = (THUMBNAIL, THUMBNAIL)
    return np.stack(
        [np.asarray(Image.fromarray(tile).resize(size, Image.Resampling.BOX)).ravel() for tile in tiles]
    ).astype(float)


def _without_order(tile: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Shuffle the pixels of a tile: its colours stay, its cells go."""
    return rng.permutation(tile.reshape(-1, 3)).reshape(tile.shape)
